import { equal } from 'node:assert/strict';

import type { Sandbox } from '../../sandbox';
import {
	activateWorkflow,
	createWorkflow,
	deactivateWorkflow,
	listExecutions,
	until,
	type Session,
	type StoredCredential,
} from '../n8n';
import { chain, sahutTrigger, sendText, webhook } from '../n8n/parts';
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
	await attempt('Sahut Trigger: publish, receive, forge, repeat, unpublish', async () => {
		const { id: conversation } = sandbox.store.addConversation();
		const trigger = sahutTrigger('Trigger', credential.id);
		const send = sendText('Send', credential.id, '={{ $json.conversation_id }}', 'Siap, Kak.');
		const { id } = await createWorkflow(session, chain('Trigger', trigger, send));
		await activateWorkflow(session, id);
		equal(sandbox.store.webhooks.size, 1);
		const answered = async () =>
			await until('the answer', TIMEOUT_MS, () => sandbox.store.messages(conversation)[1]);

		sandbox.store.addIncoming(conversation, 'Halo, kapan dikirim?');
		await answered();
		await sandbox.deliveries.settled();
		const [event] = sandbox.deliveries.log;
		equal(event?.status, 200);
		const repeated = await sandbox.deliveries.repeat(String(event?.eventId), 3, { atOnce: true });
		for (const { status } of repeated) equal(status, 200);
		equal((await sandbox.deliveries.forge({ signature: 'wrong' })).status, 401);
		equal((await listExecutions(session, { workflowId: id })).length, 1);

		await deactivateWorkflow(session, id);
		equal(sandbox.store.webhooks.size, 0);
	});
}
