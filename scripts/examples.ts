import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { INodeCredentialsDetails } from 'n8n-workflow';

import type { Conversation, Store } from '../sandbox';
import { fillIn, readExample, type ExampleWorkflow } from './demo/example';

const FOLDER = 'examples';

/** Sahut's API shows no teams, so any ID is as good. */
const TEAM_ID = 'team_01HX8K2M4P6R8T';

/** What people would choose for `<ID of …>`, by what its text mentions. */
const PLACEHOLDERS: Array<[mention: string, idOf: (store: Store) => string]> = [
	['channel', (store) => store.channelOfType('whatsapp').id],
	['conversation', (store) => freshConversation(store).id],
	['team', () => TEAM_ID],
];

/** A conversation whose customer wrote lately, so that WhatsApp takes a text. */
export function freshConversation({ conversations }: Store): Conversation {
	return [...conversations.values()].findLast(({ channel }) => channel.type === 'whatsapp')!;
}

/** The names of all examples, without `.json`. */
export function exampleNames(): string[] {
	const files = readdirSync(resolve(__dirname, '..', FOLDER));
	return files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -5));
}

/**
 * An example that is ready to run with a sandbox: its credential chosen, its placeholders replaced.
 * @throws {Error} for a placeholder that stands for something unknown.
 */
export function readyExample(
	name: string,
	store: Store,
	{ id, name: credential }: INodeCredentialsDetails,
): ExampleWorkflow {
	const example = readExample(join(FOLDER, `${name}.json`));
	const text = JSON.stringify(example).replace(/"<([^"<>]+)>"/g, (_, placeholder: string) => {
		const found = PLACEHOLDERS.find(([mention]) => placeholder.includes(mention));
		if (!found) throw new Error(`There is no value for the placeholder <${placeholder}>.`);
		return JSON.stringify(found[1](store));
	});
	return fillIn(JSON.parse(text) as ExampleWorkflow, {}, { id, name: credential });
}
