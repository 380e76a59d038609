import { setTimeout as sleep } from 'node:timers/promises';
import type { INode } from 'n8n-workflow';

import type { Conversation, Sandbox } from '../../sandbox';
import {
	getExecution,
	listExecutions,
	outputItems,
	until,
	type Execution,
} from '../../scripts/n8n';
import { countExecutions, startedBy } from './executions';
import { post, publish, type QueueMode } from './queueMode';
import { followUp, SEND, WEBHOOK } from './workflows';

/** Between two customers, so that both workers are free for the next one. */
const APART_MS = 300;
const SEND_TIMEOUT_MS = 60_000;

/** What became of a number that Sahut did not know. */
export interface Reached {
	/** Whether each of its two executions was on a worker of its own. */
	onTwoWorkers: boolean;
	contacts: number;
	conversations: number;
	messages: number;
	/** Of its two executions, those that gave out a message of the other one. */
	skipped: number;
}

/** When the second execution for a number is started. */
type Second = 'at the same moment' | 'when the first has sent';

export interface TwoCalls {
	/** Of the webhook; a new one each time. */
	path: string;
	/** New customers. */
	count: number;
	second: Second;
	/** Of the Sahut node. */
	options?: INode['parameters'];
}

/** What is not the same each time. */
export function figuresOf(reached: Reached[], shares: number[]): Record<string, number | string> {
	const count = (holds: (each: Reached) => boolean) => reached.filter(holds).length;
	return {
		'on two workers': count((each) => each.onTwoWorkers),
		'two contacts': count((each) => each.contacts === 2),
		'two conversations': count((each) => each.conversations === 2),
		'two messages': count((each) => each.messages === 2),
		'executions per worker': shares.join(' + '),
	};
}

function conversationsWith({ store }: Sandbox, phone: string): Conversation[] {
	return [...store.conversations.values()].filter(({ contact }) => contact.phone === phone);
}

const phoneOf = (execution: Execution) =>
	(outputItems(execution, WEBHOOK)[0]?.json['body'] as { phone: string }).phone;

/**
 * Calls the follow-up twice for each of so many new customers, through one webhook process and the
 * other, and waits until all is done.
 * @returns for each customer what came of it; and how many executions each worker had
 * @throws {Error} unless all executions have succeeded
 */
export async function reachTwice(
	n8n: QueueMode,
	sandbox: Sandbox,
	{ path, count, second, options }: TwoCalls,
): Promise<{ reached: Reached[]; shares: number[] }> {
	const { store } = sandbox;
	const channel = store.channelOfType('whatsapp').id;
	const workflowId = await publish(n8n, sandbox, (id) => followUp(id, path, channel, options));
	const phones = Array.from({ length: count }, (_, index) => `+62812${5_550_000 + index}`);
	const messagesTo = (phone: string) =>
		conversationsWith(sandbox, phone).flatMap(({ id }) => store.messages(id)).length;
	for (const [index, phone] of phones.entries()) {
		const call = async (process: number) =>
			await post(n8n, path, { phone, name: `Pelanggan ${index}` }, process);
		const first = call(0);
		if (second === 'when the first has sent') {
			await first;
			await until('the first message', SEND_TIMEOUT_MS, () => messagesTo(phone) || undefined);
		}
		await Promise.all([first, call(1)]);
		await sleep(APART_MS);
	}
	await until('all executions to succeed', SEND_TIMEOUT_MS, async () =>
		(await countExecutions(n8n.session, workflowId, ['success'])) === 2 * count ? true : undefined,
	);

	const executions = await Promise.all(
		(await listExecutions(n8n.session, { workflowId })).map(
			async ({ id }) => await getExecution(n8n.session, id),
		),
	);
	const started = n8n.cluster.workers.map(startedBy);
	const workerOf = ({ id }: Execution) => started.findIndex((ids) => ids.includes(id));
	const reached = phones.map((phone): Reached => {
		const own = executions.filter((each) => phoneOf(each) === phone);
		return {
			onTwoWorkers: new Set(own.map(workerOf)).size === 2,
			contacts: [...store.contacts.values()].filter((each) => each.phone === phone).length,
			conversations: conversationsWith(sandbox, phone).length,
			messages: messagesTo(phone),
			skipped: own.filter((each) => outputItems(each, SEND)[0]?.json['skipped'] === true).length,
		};
	});
	const shares = started.map((ids) => executions.filter(({ id }) => ids.includes(id)).length);
	return { reached, shares };
}
