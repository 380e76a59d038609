import fastq from 'fastq';

import type { Conversation } from '../../sandbox';
import { deliverSigned } from '../support/signedDelivery';
import { countExecutions, waitUntilIdle } from './executions';
import { printFigures } from './figures';
import {
	addConversations,
	countSentByText,
	openSandbox,
	publishWorkflow,
	type QueueMode,
} from './queueMode';
import { createAutoReplyWorkflow } from './workflows';

const CONVERSATIONS = 50;
/** Deliveries and calls in flight. */
const CONCURRENCY = 10;

/** Creates the body of an event about a customer's message. */
function createMessageEvent(id: string, conversation: Conversation, content: string): string {
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

/** Runs a task for each item. Starts them in order, and up to ten at once. */
export async function forEachConcurrently<Item>(
	items: readonly Item[],
	task: (item: Item) => Promise<unknown>,
): Promise<void> {
	const tasks = fastq.promise(task, CONCURRENCY);
	await Promise.all(items.map(async (item) => await tasks.push(item)));
}

export function describeEvents(queue: QueueMode): void {
	/**
	 * Publishes the auto-reply workflow, delivers events to it, and waits for its executions.
	 *
	 * @param deliverAll gets the numbers of the events, and a function that delivers one of them to a webhook
	 * process
	 * @returns the number of replies to each event, and the statuses of all deliveries
	 */
	async function countReplies(
		count: number,
		deliverAll: (
			events: number[],
			send: (event: number, process: number) => Promise<void>,
		) => Promise<void>,
	): Promise<{ replies: number[]; statuses: number[] }> {
		const sandbox = await openSandbox(queue);
		// The trigger must not have a webhook yet: the sandbox would also deliver these messages.
		const conversations = addConversations(queue, CONVERSATIONS);
		const workflow = await publishWorkflow(queue, (id) =>
			createAutoReplyWorkflow(id, `events-${count}`),
		);
		const [hook] = sandbox.store.webhooks.values();
		if (!hook) throw new Error('The trigger has not registered its webhook.');
		const { pathname } = new URL(hook.url);
		const events = Array.from({ length: count }, (_, index) => index);
		const bodies = events.map((event) =>
			createMessageEvent(`evt_${event}`, conversations[event % CONVERSATIONS]!, `Pesan ${event}`),
		);
		const statuses: number[] = [];
		await deliverAll(events, async (event, process) => {
			const url = `${queue.cluster.webhookProcesses[process]!.url}${pathname}`;
			statuses.push((await deliverSigned(url, hook.secret, bodies[event]!)).status);
		});
		await waitUntilIdle(queue.session, workflow);
		const sent = countSentByText(queue);
		const total = Object.values(sent).reduce((sum, each) => sum + each, 0);
		expect(await countExecutions(queue.session, workflow)).toBe(total);
		const replies = events.map((event) => sent[`evt_${event}`] ?? 0);
		expect(replies.reduce((sum, each) => sum + each, 0)).toBe(total);
		return { replies, statuses };
	}

	it('replies once to each of 300 events that one webhook process receives repeatedly', async () => {
		const { replies, statuses } = await countReplies(300, async (events, send) => {
			await forEachConcurrently(events, async (event) => {
				const again = event % 5 === 0 ? [send(event, 0)] : [];
				await Promise.all([send(event, 0), ...again]);
			});
			const late = events.filter((event) => event % 7 === 0);
			await forEachConcurrently(late, async (event) => await send(event, 0));
		});

		expect(statuses).toEqual(Array(300 + 60 + 43).fill(200));
		expect(replies).toEqual(Array(300).fill(1));
	});

	it('replies once to each of 200 events that two webhook processes receive alternately and again later', async () => {
		const { replies, statuses } = await countReplies(200, async (events, send) => {
			await forEachConcurrently(events, async (event) => await send(event, event % 2));
			// The process that has not received the event before.
			const late = events.filter((event) => event % 3 === 0);
			await forEachConcurrently(late, async (event) => await send(event, (event + 1) % 2));
		});

		expect(statuses).toEqual(Array(200 + 67).fill(200));
		expect(replies).toEqual(Array(200).fill(1));
	});

	it('replies at most twice to each event that two webhook processes receive at the same time', async () => {
		const { replies } = await countReplies(30, async (events, send) => {
			await forEachConcurrently(events, async (event) => {
				await Promise.all([send(event, 0), send(event, 1)]);
			});
		});

		printFigures('30 events, each to two webhook processes at once', {
			'replied twice': replies.filter((times) => times === 2).length,
		});

		expect(replies).toHaveLength(30);
		expect(Math.min(...replies)).toBe(1);
		expect(Math.max(...replies)).toBeLessThanOrEqual(2);
	});
}
