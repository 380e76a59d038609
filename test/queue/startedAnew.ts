import type { Sandbox } from '../../sandbox';
import { getExecution, outputItems, until } from '../../scripts/n8n';
import type { Service } from '../../scripts/n8n';
import { startedBy, untilIdle } from './executions';
import { addConversations, callAlone, countSent, publish, type QueueMode } from './queueMode';
import { batch, SEND } from './workflows';

const BATCH = 100;
/** Of the batch, sent when the worker is killed. */
const SENT_BEFORE = 30;
const SEND_TIMEOUT_MS = 60_000;
const GIVE_UP_TIMEOUT_MS = 90_000;
const IDLE_TIMEOUT_MS = 180_000;

/** The worker that runs an execution, once one does. */
async function workerOf(executionId: string, workers: readonly Service[]): Promise<Service> {
	return await until('a worker to begin', SEND_TIMEOUT_MS, () =>
		workers.find((worker) => startedBy(worker).includes(executionId)),
	);
}

/**
 * Kills the worker in the middle of a batch that skips what was sent before, and when n8n has given its
 * execution up, posts the same batch once more.
 */
export async function startAnew(
	n8n: QueueMode,
	sandbox: Sandbox,
): Promise<{
	/** Messages of the batch when n8n had given its execution up. */
	before: number;
	/** The nodes of which n8n has kept anything. */
	kept: string[];
	/** Of the execution that was started anew. */
	status: string;
	sent: number;
	skipped: number;
	/** For each message of the batch, how often it has gone out. */
	counts: number[];
}> {
	const { cluster, session } = n8n;
	const path = 'anew';
	const workflow = await publish(n8n, sandbox, (id) => batch(id, path, { skipIfSentWithin: 24 }));
	const conversations = addConversations(sandbox, BATCH);
	const messages = conversations.map(({ id }, index) => ({
		conversation: id,
		text: `Pesanan ${index} sudah dikirim`,
	}));
	const countMessages = () => Object.keys(countSent(sandbox)).length;

	const brokenOffId = await callAlone(n8n, workflow, path, { messages }, 0);
	const worker = await workerOf(brokenOffId, cluster.workers);
	await until('a part of the batch', SEND_TIMEOUT_MS, () =>
		countMessages() >= SENT_BEFORE ? true : undefined,
	);
	await worker.kill();
	await worker.start();
	// The new worker may say `crashed` first, with the nodes that had begun; this is n8n's last word.
	const brokenOff = await until('n8n to give it up', GIVE_UP_TIMEOUT_MS, async () => {
		const execution = await getExecution(session, brokenOffId);
		return execution.status === 'error' ? execution : undefined;
	});
	const before = countMessages();

	const anewId = await callAlone(n8n, workflow, path, { messages }, 0);
	await untilIdle(session, workflow, IDLE_TIMEOUT_MS);
	const anew = await getExecution(session, anewId);
	const items = outputItems(anew, SEND);
	const skipped = items.filter(({ json }) => json['skipped'] === true).length;
	const sent = countSent(sandbox);
	return {
		before,
		kept: Object.keys(brokenOff.data.resultData.runData),
		status: anew.status,
		sent: items.length - skipped,
		skipped,
		counts: messages.map(({ text }) => sent[text] ?? 0),
	};
}
