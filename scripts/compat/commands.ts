import { deepStrictEqual, equal } from 'node:assert/strict';

import type { Sandbox } from '../../sandbox';
import {
	executeWorkflow,
	importCredentials,
	importWorkflows,
	outputItems,
	type N8nOptions,
} from '../n8n';
import { chain, credentialFor, manualTrigger, sahut, sendText } from '../n8n/parts';
import { byId } from '../../test/support/locator';
import type { Try } from './record';

const START = 'Start';
const NODE = 'Sahut';
const TEXT = 'Masih ada, Kak.';

/** What can be tried without n8n's server: by its commands. */
export async function tryCommands(home: N8nOptions, sandbox: Sandbox, attempt: Try): Promise<void> {
	const { id } = sandbox.store.addConversation();
	sandbox.store.addIncoming(id, 'Halo, apakah barangnya masih ada?');
	const list = { resource: 'message', operation: 'list', returnAll: true };
	const credential = { id: 'sahut', ...credentialFor(sandbox) };
	const send = sendText(NODE, credential.id, id, TEXT);
	const read = sahut(NODE, credential.id, { ...list, conversationId: byId(id) });

	await attempt('Import of a credential and workflows', async () => {
		await importCredentials(home, [credential]);
		await importWorkflows(home, [
			{ id: 'send', ...chain('Send', manualTrigger(START), send) },
			{ id: 'list', ...chain('List', manualTrigger(START), read) },
		]);
	});
	await attempt('Message: Send, by n8n execute', async () => {
		const run = await executeWorkflow(home, 'send');
		equal(run.status, 'success');
		equal(sandbox.store.messages(id).at(-1)?.content, TEXT);
	});
	await attempt('Message: List, by n8n execute', async () => {
		const run = await executeWorkflow(home, 'list');
		const listed = outputItems(run, NODE).map(({ json }) => json['id']);
		deepStrictEqual(
			listed,
			sandbox.store.messages(id).map((message) => message.id),
		);
	});
}
