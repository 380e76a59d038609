import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastify from 'fastify';

const SAMPLE = join(__dirname, '../../examples/follow-up-data-table.csv');
/** The name of the sheet, and its column that contains numbers, in the Google Sheets example. */
const TITLE = 'Follow-up';
const NUMBER_COLUMN = 'total';

/** A cell as Google's API returns it. */
type Cell = number | string;

/** A local server that answers n8n's Google Sheets node as Google does, with one spreadsheet. */
export interface GoogleSheets {
	/** The environment of an n8n whose requests for Google Sheets go to this server. */
	env: Record<string, string>;
	/** The credential for n8n's Google Sheets nodes. */
	credential: { name: string; type: 'googleSheetsOAuth2Api'; data: Record<string, unknown> };
	/** The rows of the sheet; the first one has the names of the columns. */
	cells: Cell[][];
	/** Replaces all rows by the sample rows. */
	reset(): void;
	/** Returns the rows below the header, keyed by column. */
	rows(): Array<Record<string, Cell>>;
	close(): Promise<void>;
}

/** Returns the 0-based column of a cell reference such as `C5`. */
const columnOf = (letters: string) =>
	[...letters].reduce((column, letter) => column * 26 + letter.charCodeAt(0) - 64, 0) - 1;

function readSample(): Cell[][] {
	const [header = [], ...rows] = readFileSync(SAMPLE, 'utf8')
		.trim()
		.split('\n')
		.map((line) => line.split(','));
	const numbers = header.indexOf(NUMBER_COLUMN);
	const toCells = (row: string[]) =>
		row.map((cell, column) => (column === numbers ? Number(cell) : cell));
	return [header, ...rows.map(toCells)];
}

/** Starts the server with a sheet of sample rows. */
export async function startGoogleSheets(): Promise<GoogleSheets> {
	const server = fastify();
	const token = randomUUID();
	server.addHook('onRequest', async ({ headers }, reply) => {
		if (headers.authorization !== `Bearer ${token}`) await reply.code(401).send({});
	});
	server.get('/v4/spreadsheets/:id', () => ({
		sheets: [{ properties: { sheetId: 0, title: TITLE } }],
	}));
	server.get<{ Params: { range: string } }>('/v4/spreadsheets/:id/values/:range', (request) => {
		const [, first, last] = /!(\d+):(\d+)$/.exec(request.params.range) ?? [];
		const values = first ? sheets.cells.slice(Number(first) - 1, Number(last)) : sheets.cells;
		// Google leaves out empty cells at the end of a row.
		return {
			values: values.map((row) => row.slice(0, row.findLastIndex((cell) => cell !== '') + 1)),
		};
	});
	server.post<{ Body: { data: Array<{ range: string; values: Cell[][] }> } }>(
		'/v4/spreadsheets/:id/values::batchUpdate',
		({ body }) => {
			for (const { range, values } of body.data) {
				const [, letters, row] = /!([A-Z]+)(\d+)$/.exec(range) ?? [];
				if (letters === undefined) throw new Error(`Unexpected range ${range}`);
				sheets.cells[Number(row) - 1]![columnOf(letters)] = values[0]![0]!;
			}
			return { totalUpdatedCells: body.data.length };
		},
	);
	const url = await server.listen({ host: '127.0.0.1', port: 0 });
	const sheets: GoogleSheets = {
		env: {
			NODE_OPTIONS: `--require "${join(__dirname, 'reroute.cjs')}"`,
			GOOGLE_STAND_IN: url,
		},
		credential: {
			name: 'Google Sheets stand-in',
			type: 'googleSheetsOAuth2Api',
			data: {
				clientId: 'id',
				clientSecret: 'secret',
				oauthTokenData: { access_token: token, token_type: 'Bearer' },
			},
		},
		cells: readSample(),
		reset: () => void (sheets.cells = readSample()),
		rows() {
			const [names = [], ...rows] = sheets.cells;
			return rows.map((row) =>
				Object.fromEntries(names.map((name, column) => [name, row[column] ?? ''])),
			);
		},
		close: async () => await server.close(),
	};
	return sheets;
}
