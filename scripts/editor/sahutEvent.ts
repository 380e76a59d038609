import type { INode } from 'n8n-workflow';

import type { Sandbox } from '../../sandbox';
import { toTimestamp } from '../../sandbox/clock';
import { latestWhatsappConversation } from '../prepareExamples';
import { waitForTestWebhook } from './testWebhook';

/** The customer's message, unless the trigger requires a certain word. */
const QUESTION = 'Selamat malam Kak, berapa harganya?';
const ANSWER = 'Rp 50.000 Kak, masih ada.';

/** Waits for the webhook of a test run, and makes a change in Sahut that starts the workflow. */
export async function simulateSahutEvent(
	sandbox: Sandbox,
	{ events, options }: INode['parameters'],
): Promise<void> {
	const { store } = sandbox;
	const conversation = latestWhatsappConversation(store);
	const { textContains = [QUESTION] } = options as { textContains?: string[] };
	if (!(events as string[]).includes('conversation.resolved')) {
		await waitForTestWebhook(sandbox);
		store.addIncoming(conversation.id, textContains[0]!);
		return;
	}
	const [agent] = store.agents.values();
	store.addIncoming(conversation.id, QUESTION);
	store.addMessage(conversation.id, {
		type: 'outgoing',
		content: ANSWER,
		sender: { type: 'agent', ...agent! },
		attachments: [],
		created_at: toTimestamp(store.now()),
	});
	await waitForTestWebhook(sandbox);
	store.updateConversation(conversation, { status: 'resolved' });
}
