import { setTimeout as sleep } from 'node:timers/promises';
import type { INode } from 'n8n-workflow';

import {
	getExecution,
	listExecutions,
	outputItems,
	until,
	type Execution,
} from '../../scripts/n8n';
import { countExecutions, startedBy } from './executions';
import { showFigures } from './figures';
import { openSandbox, post, publish, type QueueMode } from './queueMode';
import { followUp, SEND, WEBHOOK } from './workflows';

/** Between two customers, so that both workers are free for the next one. */
const APART_MS = 300;
const SEND_TIMEOUT_MS = 60_000;

const ONCE: INode['parameters'] = { skipIfSentWithin: 1 };

const phoneOf = (execution: Execution) =>
	(outputItems(execution, WEBHOOK)[0]?.json['body'] as { phone: string }).phone;

export function describeSameNumber(queue: QueueMode): void {
	/**
	 * Calls the follow-up twice for each of so many new customers, through one webhook process and the
	 * other, and waits until all executions have succeeded.
	 * @param later the second call waits until the first has sent
	 * @returns for each customer what came of it: `onTwoWorkers` if each of the two executions was on a
	 * worker of its own, and `skipped`, how many of them gave out a message of the other one
	 */
	async function reachTwice(count: number, later: boolean, options?: INode['parameters']) {
		const { store } = await openSandbox(queue, { latencyMs: 50 });
		const { session, cluster } = queue;
		const path = `twice-${count}-${later}-${options !== undefined}`;
		const channel = store.channelOfType('whatsapp').id;
		const workflowId = await publish(queue, (id) => followUp(id, path, channel, options));
		const phones = Array.from({ length: count }, (_, index) => `+62812${5_550_000 + index}`);
		const conversationsWith = (phone: string) =>
			[...store.conversations.values()].filter(({ contact }) => contact.phone === phone);
		const messagesTo = (phone: string) =>
			conversationsWith(phone).flatMap(({ id }) => store.messages(id)).length;
		for (const [index, phone] of phones.entries()) {
			const call = async (process: number) =>
				await post(queue, path, { phone, name: `Pelanggan ${index}` }, process);
			const first = call(0);
			if (later) {
				await first;
				await until('the first message', SEND_TIMEOUT_MS, () => messagesTo(phone) || undefined);
			}
			await Promise.all([first, call(1)]);
			await sleep(APART_MS);
		}
		await until('all executions to succeed', SEND_TIMEOUT_MS, async () =>
			(await countExecutions(session, workflowId, ['success'])) === 2 * count ? true : undefined,
		);

		const executions = await Promise.all(
			(await listExecutions(session, { workflowId })).map(
				async ({ id }) => await getExecution(session, id),
			),
		);
		const started = cluster.workers.map(startedBy);
		const workerOf = ({ id }: Execution) => started.findIndex((ids) => ids.includes(id));
		const reached = phones.map((phone) => {
			const own = executions.filter((each) => phoneOf(each) === phone);
			return {
				onTwoWorkers: new Set(own.map(workerOf)).size === 2,
				contacts: [...store.contacts.values()].filter((each) => each.phone === phone).length,
				conversations: conversationsWith(phone).length,
				messages: messagesTo(phone),
				skipped: own.filter((each) => outputItems(each, SEND)[0]?.json['skipped'] === true).length,
			};
		});
		const shares = started.map((ids) => executions.filter(({ id }) => ids.includes(id)).length);
		expect(Math.min(...shares)).toBeGreaterThan(0);
		const having = (holds: (each: (typeof reached)[number]) => boolean) =>
			reached.filter(holds).length;
		const times = later ? 'once more when it was sent' : 'twice at once';
		showFigures(`${count} new numbers, each ${times}${options ? ', to send once' : ''}`, {
			'on two workers': having(({ onTwoWorkers }) => onTwoWorkers),
			'two contacts': having(({ contacts }) => contacts === 2),
			'two conversations': having(({ conversations }) => conversations === 2),
			'two messages': having(({ messages }) => messages === 2),
			'executions per worker': shares.join(' + '),
		});
		return reached;
	}

	it('sends both messages to a new number that two workers reach at the same moment', async () => {
		for (const { contacts, conversations, messages, onTwoWorkers } of await reachTwice(30, false)) {
			expect(messages).toBe(2);
			const most = onTwoWorkers ? 2 : 1;
			expect(contacts).toBeLessThanOrEqual(most);
			expect(conversations).toBeLessThanOrEqual(most);
		}
	});

	it('sends once or twice what two workers are told at the same moment to send once', async () => {
		for (const each of await reachTwice(30, false, ONCE)) {
			const most = each.onTwoWorkers ? 2 : 1;
			expect(each.contacts).toBeLessThanOrEqual(most);
			expect(each.conversations).toBeLessThanOrEqual(most);
			expect(each.messages).toBeLessThanOrEqual(most);
			expect(each.messages + each.skipped).toBe(2);
		}
	});

	it('sends once what is to be sent once, whichever worker comes later', async () => {
		const reached = await reachTwice(15, true, ONCE);
		const once = { contacts: 1, conversations: 1, messages: 1, skipped: 1 };

		for (const each of reached) expect(each).toMatchObject(once);
		expect(reached.some(({ onTwoWorkers }) => onTwoWorkers)).toBe(true);
	});
}
