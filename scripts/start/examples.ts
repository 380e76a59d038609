import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { Conversation, Sandbox } from '../../sandbox';
import { fillIn, readExample, type ExampleWorkflow } from '../demo/example';
import {
	createCredential,
	createWorkflow,
	listCredentials,
	listWorkflows,
	updateCredential,
	type Session,
	type StoredCredential,
} from '../n8n';
import { CREDENTIAL_NAME, credentialFor } from '../n8n/parts';

const FOLDER = 'examples';

/** A conversation whose customer wrote lately, so that WhatsApp takes a text. */
export function freshConversation({ store }: Sandbox): Conversation {
	const onWhatsapp = [...store.conversations.values()].filter(
		({ channel }) => channel.type === 'whatsapp',
	);
	return onWhatsapp.at(-1)!;
}

/** What people would choose from the lists, by the text that stands in its place. */
function choices(sandbox: Sandbox): Record<string, string> {
	return {
		'<ID of your WhatsApp channel>': sandbox.store.channelOfType('whatsapp').id,
		'<ID of a conversation>': freshConversation(sandbox).id,
	};
}

function choose(example: ExampleWorkflow, sandbox: Sandbox): ExampleWorkflow {
	const text = Object.entries(choices(sandbox)).reduce(
		(json, [placeholder, id]) => json.replaceAll(placeholder, id),
		JSON.stringify(example),
	);
	return JSON.parse(text) as ExampleWorkflow;
}

/** The credential for the sandbox, with the address and the key that it has this time. */
export async function provideCredential(
	session: Session,
	sandbox: Sandbox,
): Promise<StoredCredential> {
	const content = credentialFor(sandbox);
	const known = (await listCredentials(session)).find(({ name }) => name === CREDENTIAL_NAME);
	return known
		? await updateCredential(session, known.id, content)
		: await createCredential(session, content);
}

/** Adds the examples that n8n does not have yet, ready to run. @returns the names of all */
export async function provideExamples(
	session: Session,
	sandbox: Sandbox,
	{ id, name }: StoredCredential,
): Promise<string[]> {
	const files = readdirSync(resolve(__dirname, '../..', FOLDER)).filter((file) =>
		file.endsWith('.json'),
	);
	const examples = files.map((file) => readExample(join(FOLDER, file)));
	const known = new Set((await listWorkflows(session)).map((workflow) => workflow.name));
	for (const example of examples) {
		if (known.has(example.name)) continue;
		await createWorkflow(session, fillIn(choose(example, sandbox), {}, { id, name }));
	}
	return examples.map((example) => example.name);
}
