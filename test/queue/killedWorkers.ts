import type { Sandbox } from '../../sandbox';
import { retryExecution, signIn, until } from '../../scripts/n8n';
import { untilIdle } from './executions';
import { addConversations, callAlone, countSent, publish, type QueueMode } from './queueMode';
import { batch } from './workflows';

const BATCH = 100;
/** Of each batch, sent when the workers are killed. */
const SENT_BEFORE = 30;
const SEND_TIMEOUT_MS = 60_000;
const IDLE_TIMEOUT_MS = 180_000;

interface Sent {
	/** Messages of the batch when n8n had given its execution up. */
	before: number;
	/** And after *Retry*. */
	after: number;
}

/**
 * Kills both workers in the middle of two batches, together with the webhook process that has taken
 * one of them, starts them again, and retries both executions when n8n has given them up.
 * @returns what was sent of both batches, and for each message how often it was
 */
export async function killInTheMiddle(
	n8n: QueueMode,
	sandbox: Sandbox,
): Promise<{ stays: Sent; dies: Sent; counts: number[] }> {
	const { cluster } = n8n;
	const workflow = await publish(n8n, sandbox, (id) => batch(id, 'killed'));
	const conversations = addConversations(sandbox, BATCH);
	const messages = (name: string) =>
		conversations.map(({ id }, index) => ({ conversation: id, text: `${name} ${index}` }));
	const sent = (name: string) =>
		Object.keys(countSent(sandbox)).filter((text) => text.startsWith(name)).length;

	const staysId = await callAlone(n8n, workflow, 'killed', { messages: messages('Stays') }, 0);
	const diesId = await callAlone(n8n, workflow, 'killed', { messages: messages('Dies') }, 1);
	await until('a part of both batches', SEND_TIMEOUT_MS, () =>
		Math.min(sent('Stays'), sent('Dies')) >= SENT_BEFORE ? true : undefined,
	);

	const dead = [...cluster.workers, cluster.webhookProcesses[1]!];
	await Promise.all(dead.map(async (each) => await each.kill()));
	await Promise.all([
		...dead.map(async (each) => await each.start()),
		// It looks for executions that nobody runs when it starts, and then every three hours.
		cluster.main.restart(),
	]);
	n8n.session = await signIn(cluster.main);
	await untilIdle(n8n.session, workflow, IDLE_TIMEOUT_MS);

	const retry = async (name: string, executionId: string): Promise<Sent> => {
		const before = sent(name);
		await retryExecution(n8n.session, executionId);
		return { before, after: sent(name) };
	};
	const stays = await retry('Stays', staysId);
	const dies = await retry('Dies', diesId);
	return { stays, dies, counts: Object.values(countSent(sandbox)) };
}
