import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { createDataTable, listDataTables, type Session, type StoredTable } from './n8n';

const FOLDER = resolve(__dirname, '../examples');

/** A data table of the examples: its name in n8n, and the file with its columns and sample rows. */
interface ExampleTable {
	name: string;
	file: string;
	/** The columns of numbers. All other columns are strings. */
	numbers: string[];
}

const TABLES = {
	followUp: { name: 'Follow-up', file: 'follow-up-data-table.csv', numbers: ['total'] },
	leads: { name: 'Leads', file: 'new-lead.csv', numbers: [] },
	summaries: { name: 'Summaries', file: 'resolved-to-summary.csv', numbers: [] },
	reports: {
		name: 'Daily report',
		file: 'campaign-report.csv',
		numbers: ['sent', 'as_text', 'as_template', 'answered', 'skipped', 'failed'],
	},
} satisfies Record<string, ExampleTable>;

export type TableKey = keyof typeof TABLES;

/** The IDs of the data tables in n8n. */
export type TableIds = Partial<Record<TableKey, string>>;

/** Returns a data table of the examples. Creates it with its sample rows if necessary. */
export async function ensureTable(session: Session, key: TableKey): Promise<StoredTable> {
	const { name, file, numbers }: ExampleTable = TABLES[key];
	const known = (await listDataTables(session)).find((table) => table.name === name);
	if (known) return known;
	const text = readFileSync(join(FOLDER, file), 'utf8').trim();
	const [names = [], ...lines] = text.split('\n').map((line) => line.split(','));
	const isNumber = (column: string) => numbers.includes(column);
	const valueOf = (column: string, cell = '') =>
		cell === '' ? null : isNumber(column) ? Number(cell) : cell;
	const rows = lines.map((cells) =>
		Object.fromEntries(names.map((column, index) => [column, valueOf(column, cells[index])])),
	);
	const columns = Object.fromEntries(
		names.map((column) => [column, isNumber(column) ? ('number' as const) : ('string' as const)]),
	);
	return await createDataTable(session, name, columns, rows);
}

/** Creates the data tables of all examples that n8n does not have yet. @returns their IDs */
export async function ensureTables(session: Session): Promise<Required<TableIds>> {
	const ids: TableIds = {};
	for (const key of Object.keys(TABLES) as TableKey[]) {
		ids[key] = (await ensureTable(session, key)).id;
	}
	return ids as Required<TableIds>;
}
