import type { Conversation, Sandbox } from '../../sandbox';
import { deliverSigned } from '../support/signedDelivery';
import { countExecutions, untilIdle } from './executions';
import { addConversations, countSent, publish, type QueueMode } from './queueMode';
import { autoReply } from './workflows';

const CONVERSATIONS = 50;
const IDLE_TIMEOUT_MS = 180_000;

/** The body of an event that tells of a customer's message. */
function messageCreated(id: string, conversation: Conversation, content: string): string {
	const { contact, status, channel } = conversation;
	const created_at = new Date().toISOString();
	const sender = { type: 'contact', id: contact.id, name: contact.name };
	return JSON.stringify({
		id,
		event: 'message.created',
		created_at,
		data: {
			message: { id: `msg_${id}`, type: 'incoming', content, sender, created_at },
			conversation: { id: conversation.id, status, channel, contact },
		},
	});
}

/** Runs a task for each, in order, at most `limit` at once. */
export async function forEach<Item, Result>(
	items: readonly Item[],
	limit: number,
	task: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
	const results: Result[] = [];
	let next = 0;
	const lane = async () => {
		for (let index = next++; index < items.length; index = next++) {
			results[index] = await task(items[index]!, index);
		}
	};
	await Promise.all(Array.from({ length: limit }, lane));
	return results;
}

/**
 * Publishes the auto-reply, has `deliverAll` deliver events, and waits until all is answered.
 * @param deliverAll gets the IDs of the events, and what delivers one to a webhook process
 */
export async function answerEvents(
	n8n: QueueMode,
	sandbox: Sandbox,
	count: number,
	deliverAll: (
		ids: string[],
		send: (id: string, process: number) => Promise<void>,
	) => Promise<void>,
): Promise<{ ids: string[]; sent: Record<string, number>; statuses: number[] }> {
	// Before the trigger has its webhook: the sandbox would deliver these messages too.
	const conversations = addConversations(sandbox, CONVERSATIONS);
	const workflow = await publish(n8n, sandbox, (id) => autoReply(id, `events-${count}`));
	const [hook] = sandbox.store.webhooks.values();
	if (!hook) throw new Error('The trigger has not registered its webhook.');
	const bodies = new Map(
		Array.from({ length: count }, (_, index) => {
			const conversation = conversations[index % CONVERSATIONS]!;
			return [`evt_${index}`, messageCreated(`evt_${index}`, conversation, `Pesan ${index}`)];
		}),
	);
	const ids = [...bodies.keys()];
	const statuses: number[] = [];
	await deliverAll(ids, async (id, process) => {
		const { pathname } = new URL(hook.url);
		const url = `${n8n.cluster.webhookProcesses[process]!.url}${pathname}`;
		statuses.push((await deliverSigned(url, hook.secret, bodies.get(id)!)).status);
	});
	await untilIdle(n8n.session, workflow, IDLE_TIMEOUT_MS);
	const sent = countSent(sandbox);
	const total = Object.values(sent).reduce((sum, each) => sum + each, 0);
	const executions = await countExecutions(n8n.session, workflow);
	if (executions !== total) throw new Error(`${executions} executions sent ${total} replies.`);
	return { ids, sent, statuses };
}
