import { equal } from 'node:assert/strict';

import type { Sandbox } from '../../sandbox';
import {
	activateWorkflow,
	createWorkflow,
	deactivateWorkflow,
	until,
	type Session,
	type StoredCredential,
} from '../n8n';
import { chain, sendText, webhook } from '../n8n/parts';
import type { Try } from './record';

const TIMEOUT_MS = 20_000;

/** What can be tried with published workflows. */
export async function tryTriggers(
	session: Session,
	sandbox: Sandbox,
	credential: StoredCredential,
	attempt: Try,
): Promise<void> {
	await attempt('Message: Send behind a published webhook', async () => {
		const { id: conversation } = sandbox.store.addConversation();
		sandbox.store.addIncoming(conversation, 'Halo, kapan dikirim?');
		const hook = webhook('Webhook', 'compat');
		const send = sendText('Send', credential.id, conversation, 'Hari ini, Kak.');
		const { id } = await createWorkflow(session, chain('Webhook', hook, send));
		await activateWorkflow(session, id);
		const { status } = await fetch(`${session.n8n.url}/webhook/compat`, { method: 'POST' });
		equal(status, 200);
		await until('the message', TIMEOUT_MS, () => sandbox.store.messages(conversation)[1]);
		await deactivateWorkflow(session, id);
	});
}
