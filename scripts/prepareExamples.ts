import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { INodeCredentialsDetails } from 'n8n-workflow';

import type { Conversation, Store } from '../sandbox';
import { fillInExample, readExample, type ExampleWorkflow } from '../test/support/exampleWorkflow';
import {
	createDataTable,
	listDataTables,
	type ColumnType,
	type Session,
	type StoredTable,
} from './n8n';

const FOLDER = 'examples';
const REPOSITORY = resolve(__dirname, '..');

/** The data table of the follow-up example, and the file with its sample rows. */
const TABLE_NAME = 'Follow-up';
const TABLE_FILE = join(FOLDER, 'follow-up-data-table.csv');
const NUMBER_COLUMNS = new Set(['total']);

/** Any ID works: Sahut's API has no list of teams. */
const TEAM_ID = 'team_01HX8K2M4P6R8T';

/** The value of each placeholder, such as `<ID of …>`. A word in the placeholder identifies it. */
const PLACEHOLDERS: Array<
	[mention: string, idOf: (store: Store, n8n: N8nRecords) => string | undefined]
> = [
	['channel', (store) => store.channelOfType('whatsapp').id],
	['conversation', (store) => latestWhatsappConversation(store).id],
	['data table', (_, { dataTableId }) => dataTableId],
	['team', () => TEAM_ID],
];

/** Records in n8n that some examples need. */
export interface N8nRecords {
	dataTableId?: string;
	/** The credential for the chat model. */
	openAiApi?: INodeCredentialsDetails;
}

/** Returns the latest WhatsApp conversation, whose 24-hour window is open. */
export function latestWhatsappConversation({ conversations }: Store): Conversation {
	return [...conversations.values()].findLast(({ channel }) => channel.type === 'whatsapp')!;
}

/** Lists the names of all examples, without `.json`. */
export function listExampleNames(): string[] {
	const files = readdirSync(join(REPOSITORY, FOLDER));
	return files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -5));
}

/** Returns the data table of the follow-up example. Creates it with its sample rows if necessary. */
export async function ensureFollowUpTable(session: Session): Promise<StoredTable> {
	const known = (await listDataTables(session)).find(({ name }) => name === TABLE_NAME);
	if (known) return known;
	const text = readFileSync(join(REPOSITORY, TABLE_FILE), 'utf8').trim();
	const [names = [], ...lines] = text.split('\n').map((line) => line.split(','));
	const valueOf = (name: string, cell = '') =>
		cell === '' ? null : NUMBER_COLUMNS.has(name) ? Number(cell) : cell;
	const rows = lines.map((cells) =>
		Object.fromEntries(names.map((name, index) => [name, valueOf(name, cells[index])])),
	);
	const typeOf = (name: string): ColumnType => (NUMBER_COLUMNS.has(name) ? 'number' : 'string');
	const columns = Object.fromEntries(names.map((name) => [name, typeOf(name)]));
	return await createDataTable(session, TABLE_NAME, columns, rows);
}

/**
 * Reads an example, and sets its credentials and placeholders so that it runs with a sandbox.
 * @throws {Error} for an unknown placeholder.
 */
export function prepareExample(
	name: string,
	store: Store,
	{ id, name: credential }: INodeCredentialsDetails,
	n8n: N8nRecords = {},
): ExampleWorkflow {
	const example = readExample(join(FOLDER, `${name}.json`));
	const text = JSON.stringify(example).replace(/"<([^"<>]+)>"/g, (_, placeholder: string) => {
		const found = PLACEHOLDERS.find(([mention]) => placeholder.includes(mention));
		const value = found?.[1](store, n8n);
		if (value === undefined)
			throw new Error(`The placeholder <${placeholder}> has no value. Add it to PLACEHOLDERS.`);
		return JSON.stringify(value);
	});
	const ready = fillInExample(JSON.parse(text) as ExampleWorkflow, {}, { id, name: credential });
	const { openAiApi } = n8n;
	if (!openAiApi) return ready;
	const nodes = ready.nodes.map((node) =>
		node.type.endsWith('.lmChatOpenAi') ? { ...node, credentials: { openAiApi } } : node,
	);
	return { ...ready, nodes };
}
