import fastq from 'fastq';

import type { Conversation } from '../../sandbox';
import { deliverSigned } from '../support/signedDelivery';
import { countExecutions, untilIdle } from './executions';
import { showFigures } from './figures';
import { addConversations, countSent, openSandbox, publish, type QueueMode } from './queueMode';
import { autoReply } from './workflows';

const CONVERSATIONS = 50;
/** Deliveries and calls at once. */
const PARALLEL = 10;

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

/** Runs a task for each, in order, some at once. */
export async function forEach<Item>(
	items: readonly Item[],
	task: (item: Item) => Promise<unknown>,
): Promise<void> {
	const tasks = fastq.promise(task, PARALLEL);
	await Promise.all(items.map(async (item) => await tasks.push(item)));
}

export function describeEvents(queue: QueueMode): void {
	/**
	 * Publishes the auto-reply, has `deliverAll` deliver events, and waits until all is answered.
	 * @param deliverAll gets the numbers of the events, and what delivers one to a webhook process
	 * @returns how often each was answered, and the statuses of all deliveries
	 */
	async function answerEvents(
		count: number,
		deliverAll: (
			events: number[],
			send: (event: number, process: number) => Promise<void>,
		) => Promise<void>,
	): Promise<{ answers: number[]; statuses: number[] }> {
		const sandbox = await openSandbox(queue);
		// Before the trigger has its webhook: the sandbox would deliver these messages too.
		const conversations = addConversations(queue, CONVERSATIONS);
		const workflow = await publish(queue, (id) => autoReply(id, `events-${count}`));
		const [hook] = sandbox.store.webhooks.values();
		if (!hook) throw new Error('The trigger has not registered its webhook.');
		const { pathname } = new URL(hook.url);
		const events = Array.from({ length: count }, (_, index) => index);
		const bodies = events.map((event) =>
			messageCreated(`evt_${event}`, conversations[event % CONVERSATIONS]!, `Pesan ${event}`),
		);
		const statuses: number[] = [];
		await deliverAll(events, async (event, process) => {
			const url = `${queue.cluster.webhookProcesses[process]!.url}${pathname}`;
			statuses.push((await deliverSigned(url, hook.secret, bodies[event]!)).status);
		});
		await untilIdle(queue.session, workflow);
		const sent = countSent(queue);
		const total = Object.values(sent).reduce((sum, each) => sum + each, 0);
		expect(await countExecutions(queue.session, workflow)).toBe(total);
		const answers = events.map((event) => sent[`evt_${event}`] ?? 0);
		expect(answers.reduce((sum, each) => sum + each, 0)).toBe(total);
		return { answers, statuses };
	}

	it('answers 300 events once each, however often and close together they come to one webhook process', async () => {
		const { answers, statuses } = await answerEvents(300, async (events, send) => {
			await forEach(events, async (event) => {
				const again = event % 5 === 0 ? [send(event, 0)] : [];
				await Promise.all([send(event, 0), ...again]);
			});
			const late = events.filter((event) => event % 7 === 0);
			await forEach(late, async (event) => await send(event, 0));
		});

		expect(statuses).toEqual(Array(300 + 60 + 43).fill(200));
		expect(answers).toEqual(Array(300).fill(1));
	});

	it('answers 200 events once each that come to two webhook processes by turns, and again later', async () => {
		const { answers, statuses } = await answerEvents(200, async (events, send) => {
			await forEach(events, async (event) => await send(event, event % 2));
			// To the process that has not had it.
			const late = events.filter((event) => event % 3 === 0);
			await forEach(late, async (event) => await send(event, (event + 1) % 2));
		});

		expect(statuses).toEqual(Array(200 + 67).fill(200));
		expect(answers).toEqual(Array(200).fill(1));
	});

	it('answers events once or twice that come to two webhook processes at the same moment', async () => {
		const { answers } = await answerEvents(30, async (events, send) => {
			await forEach(events, async (event) => {
				await Promise.all([send(event, 0), send(event, 1)]);
			});
		});

		showFigures('30 events, each to two webhook processes at once', {
			'answered twice': answers.filter((times) => times === 2).length,
		});

		expect(Math.min(...answers)).toBe(1);
		expect(Math.max(...answers)).toBeLessThanOrEqual(2);
	});
}
