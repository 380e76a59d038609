import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { INodeCredentialsDetails } from 'n8n-workflow';

import type { Conversation, Store } from '../sandbox';
import { fillInExample, readExample, type ExampleWorkflow } from '../test/support/exampleWorkflow';
import { ensureTable, type TableIds } from './exampleTables';
import type { Session, StoredTable } from './n8n';

const FOLDER = 'examples';
const REPOSITORY = resolve(__dirname, '..');

/** Any ID works: Sahut's API has no list of teams. */
const TEAM_ID = 'team_01HX8K2M4P6R8T';

/** Any ID works: the tests have a stand-in for Google Sheets. */
const SPREADSHEET_ID = '1sahutFollowUpExample0000000000000000000000';

/** The value of each placeholder, such as `<ID of …>`. A word in the placeholder identifies it. */
const PLACEHOLDERS: Array<
	[mention: string, idOf: (store: Store, n8n: N8nRecords) => string | undefined]
> = [
	['channel', (store) => store.channelOfType('whatsapp').id],
	['conversation', (store) => latestWhatsappConversation(store).id],
	['table of leads', (_, { tables }) => tables?.leads],
	['table of summaries', (_, { tables }) => tables?.summaries],
	['table of reports', (_, { tables }) => tables?.reports],
	['data table', (_, { dataTableId, tables }) => dataTableId ?? tables?.followUp],
	['first agent', ({ agents }) => [...agents.keys()][0]],
	['second agent', ({ agents }) => [...agents.keys()][1]],
	['third agent', ({ agents }) => [...agents.keys()][2]],
	['spreadsheet', () => SPREADSHEET_ID],
	['team', () => TEAM_ID],
];

/** Records in n8n that some examples need. */
export interface N8nRecords {
	/** The data table of the follow-up example. */
	dataTableId?: string;
	/** The data tables of all examples. */
	tables?: TableIds;
	/** The credential for the chat model. */
	openAiApi?: INodeCredentialsDetails;
	/** The credential for Google Sheets. */
	googleSheetsOAuth2Api?: INodeCredentialsDetails;
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
	return await ensureTable(session, 'followUp');
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
	const { openAiApi, googleSheetsOAuth2Api } = n8n;
	const nodes = ready.nodes.map((node) => ({
		...node,
		...(openAiApi && node.type.endsWith('.lmChatOpenAi') && { credentials: { openAiApi } }),
		...(googleSheetsOAuth2Api &&
			node.type.endsWith('.googleSheets') && { credentials: { googleSheetsOAuth2Api } }),
	}));
	return { ...ready, nodes };
}
