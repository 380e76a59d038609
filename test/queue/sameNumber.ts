import { setTimeout as sleep } from 'node:timers/promises';
import type { INode } from 'n8n-workflow';

import {
	getExecution,
	listExecutions,
	outputItems,
	until,
	type Execution,
} from '../../scripts/n8n';
import { countExecutions, executionsStartedBy } from './executions';
import { printFigures } from './figures';
import { openSandbox, callWebhook, publishWorkflow, type QueueMode } from './queueMode';
import { createFollowUpWorkflow, SEND_NODE, WEBHOOK_NODE } from './workflows';

/** Pause between two customers, after which both workers are free. */
const PAUSE_MS = 300;
const SEND_TIMEOUT_MS = 60_000;

const SKIP_IF_SENT: INode['parameters'] = { skipIfSentWithin: 1 };

const phoneOf = (execution: Execution) =>
	(outputItems(execution, WEBHOOK_NODE)[0]?.json['body'] as { phone: string }).phone;

export function describeSameNumber(queue: QueueMode): void {
	/**
	 * Calls the follow-up workflow twice for each new customer, once through each webhook process, and waits
	 * until all executions have succeeded.
	 *
	 * @param count number of customers
	 * @param later the second call waits until the first one has sent its message
	 * @returns the result for each customer: `onTwoWorkers` if two workers ran the two executions, and the
	 * numbers of contacts, conversations, messages and skipped executions
	 */
	async function sendTwice(count: number, later: boolean, options?: INode['parameters']) {
		const { store } = await openSandbox(queue, { latencyMs: 50 });
		const { session, cluster } = queue;
		const path = `twice-${count}-${later}-${options !== undefined}`;
		const channel = store.channelOfType('whatsapp').id;
		const workflowId = await publishWorkflow(queue, (id) =>
			createFollowUpWorkflow(id, path, channel, options),
		);
		const phones = Array.from({ length: count }, (_, index) => `+62812${5_550_000 + index}`);
		const conversationsWith = (phone: string) =>
			[...store.conversations.values()].filter(({ contact }) => contact.phone === phone);
		const messagesTo = (phone: string) =>
			conversationsWith(phone).flatMap(({ id }) => store.messages(id)).length;
		for (const [index, phone] of phones.entries()) {
			const call = async (process: number) =>
				await callWebhook(queue, path, { phone, name: `Pelanggan ${index}` }, process);
			const first = call(0);
			if (later) {
				await first;
				await until('the first message', SEND_TIMEOUT_MS, () => messagesTo(phone) || undefined);
			}
			await Promise.all([first, call(1)]);
			await sleep(PAUSE_MS);
		}
		await until('all executions to succeed', SEND_TIMEOUT_MS, async () =>
			(await countExecutions(session, workflowId, ['success'])) === 2 * count ? true : undefined,
		);

		const executions = await Promise.all(
			(await listExecutions(session, { workflowId })).map(
				async ({ id }) => await getExecution(session, id),
			),
		);
		const started = cluster.workers.map(executionsStartedBy);
		const workerOf = ({ id }: Execution) => started.findIndex((ids) => ids.includes(id));
		const results = phones.map((phone) => {
			const own = executions.filter((each) => phoneOf(each) === phone);
			return {
				onTwoWorkers: new Set(own.map(workerOf)).size === 2,
				contacts: [...store.contacts.values()].filter((each) => each.phone === phone).length,
				conversations: conversationsWith(phone).length,
				messages: messagesTo(phone),
				skipped: own.filter((each) => outputItems(each, SEND_NODE)[0]?.json['skipped'] === true)
					.length,
			};
		});
		const shares = started.map((ids) => executions.filter(({ id }) => ids.includes(id)).length);
		expect(Math.min(...shares)).toBeGreaterThan(0);
		const countWhere = (matches: (each: (typeof results)[number]) => boolean) =>
			results.filter(matches).length;
		const timing = later ? 'one after another' : 'at once';
		printFigures(
			`${count} new numbers, two messages ${timing}${options ? ', with Skip If Sent Within' : ''}`,
			{
				'on two workers': countWhere(({ onTwoWorkers }) => onTwoWorkers),
				'two contacts': countWhere(({ contacts }) => contacts === 2),
				'two conversations': countWhere(({ conversations }) => conversations === 2),
				'two messages': countWhere(({ messages }) => messages === 2),
				'executions per worker': shares.join(' + '),
			},
		);
		return results;
	}

	it('gets both messages if two workers send to it at the same time', async () => {
		const results = await sendTwice(30, false);

		expect(results).toHaveLength(30);
		for (const { contacts, conversations, messages, onTwoWorkers } of results) {
			expect(messages).toBe(2);
			const max = onTwoWorkers ? 2 : 1;
			expect(contacts).toBeLessThanOrEqual(max);
			expect(conversations).toBeLessThanOrEqual(max);
		}
	});

	it('gets a message with Skip If Sent Within at most once per worker if both send at the same time', async () => {
		const results = await sendTwice(30, false, SKIP_IF_SENT);

		expect(results).toHaveLength(30);
		for (const each of results) {
			const max = each.onTwoWorkers ? 2 : 1;
			expect(each.contacts).toBeLessThanOrEqual(max);
			expect(each.conversations).toBeLessThanOrEqual(max);
			expect(each.messages).toBeLessThanOrEqual(max);
			expect(each.messages + each.skipped).toBe(2);
		}
	});

	it('gets a message with Skip If Sent Within once if the workers send one after the other', async () => {
		const results = await sendTwice(15, true, SKIP_IF_SENT);
		const once = { contacts: 1, conversations: 1, messages: 1, skipped: 1 };

		for (const each of results) expect(each).toMatchObject(once);
		expect(results.some(({ onTwoWorkers }) => onTwoWorkers)).toBe(true);
	});
}
