import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { INodeCredentialsDetails } from 'n8n-workflow';

import type { Conversation, Store } from '../sandbox';
import { fillIn, readExample, type ExampleWorkflow } from '../test/support/exampleWorkflow';
import {
	createDataTable,
	listDataTables,
	type ColumnType,
	type Session,
	type StoredTable,
} from './n8n';

const FOLDER = 'examples';
const REPOSITORY = resolve(__dirname, '..');

/** The data table of the follow-up, and what it holds at first. */
const TABLE_NAME = 'Follow-up';
const TABLE_FILE = join(FOLDER, 'follow-up-data-table.csv');
const NUMBERS = new Set(['total']);

/** Sahut's API shows no teams, so any ID is as good. */
const TEAM_ID = 'team_01HX8K2M4P6R8T';

/** What people would choose for `<ID of …>`, by what its text mentions. */
const PLACEHOLDERS: Array<
	[mention: string, idOf: (store: Store, n8n: InN8n) => string | undefined]
> = [
	['channel', (store) => store.channelOfType('whatsapp').id],
	['conversation', (store) => freshConversation(store).id],
	['data table', (_, { dataTableId }) => dataTableId],
	['team', () => TEAM_ID],
];

/** What some examples need of n8n itself. */
export interface InN8n {
	dataTableId?: string;
	/** The credential for the chat model. */
	openAiApi?: INodeCredentialsDetails;
}

/** A conversation whose customer wrote lately, so that WhatsApp takes a text. */
export function freshConversation({ conversations }: Store): Conversation {
	return [...conversations.values()].findLast(({ channel }) => channel.type === 'whatsapp')!;
}

/** The names of all examples, without `.json`. */
export function exampleNames(): string[] {
	const files = readdirSync(join(REPOSITORY, FOLDER));
	return files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -5));
}

/** The data table of the follow-up; where there is none yet, it is made, with its sample rows. */
export async function provideFollowUpTable(session: Session): Promise<StoredTable> {
	const known = (await listDataTables(session)).find(({ name }) => name === TABLE_NAME);
	if (known) return known;
	const text = readFileSync(join(REPOSITORY, TABLE_FILE), 'utf8').trim();
	const [names = [], ...lines] = text.split('\n').map((line) => line.split(','));
	const valueOf = (name: string, cell = '') =>
		cell === '' ? null : NUMBERS.has(name) ? Number(cell) : cell;
	const rows = lines.map((cells) =>
		Object.fromEntries(names.map((name, index) => [name, valueOf(name, cells[index])])),
	);
	const typeOf = (name: string): ColumnType => (NUMBERS.has(name) ? 'number' : 'string');
	const columns = Object.fromEntries(names.map((name) => [name, typeOf(name)]));
	return await createDataTable(session, TABLE_NAME, columns, rows);
}

/**
 * An example that is ready to run with a sandbox: its credentials chosen, its placeholders replaced.
 * @throws {Error} for a placeholder that stands for something unknown.
 */
export function readyExample(
	name: string,
	store: Store,
	{ id, name: credential }: INodeCredentialsDetails,
	n8n: InN8n = {},
): ExampleWorkflow {
	const example = readExample(join(FOLDER, `${name}.json`));
	const text = JSON.stringify(example).replace(/"<([^"<>]+)>"/g, (_, placeholder: string) => {
		const found = PLACEHOLDERS.find(([mention]) => placeholder.includes(mention));
		const value = found?.[1](store, n8n);
		if (value === undefined)
			throw new Error(`There is no value for the placeholder <${placeholder}>.`);
		return JSON.stringify(value);
	});
	const ready = fillIn(JSON.parse(text) as ExampleWorkflow, {}, { id, name: credential });
	const { openAiApi } = n8n;
	if (!openAiApi) return ready;
	const nodes = ready.nodes.map((node) =>
		node.type.endsWith('.lmChatOpenAi') ? { ...node, credentials: { openAiApi } } : node,
	);
	return { ...ready, nodes };
}
