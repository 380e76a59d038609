import { setTimeout as sleep } from 'node:timers/promises';
import type { INode } from 'n8n-workflow';

import {
	majorOf,
	outputItems,
	readLog,
	retryExecution,
	stopExecution,
	until,
	waitForExecution,
} from '../../scripts/n8n';
import { sendText } from '../../scripts/n8n/workflowBuilder';
import {
	addConversations,
	countSent,
	postsTo,
	SEND,
	sendNode,
	startBatch,
	untilThirdWaits,
} from './batch';
import { addCredential, VERSION, type Bench } from './useN8n';

const RETRY_AFTER_S = 16;
/** Within this time, what is cancelled must have ended. */
const AT_ONCE_MS = 8_000;
/** Of the workflows that n8n is to end; the third is told to wait before that. */
const TIMEOUT_S = 5;
/** Refused when the execution is retried, to see where such an item goes. */
const REFUSED = 3;

const TO_ERROR_OUTPUT = 'continueErrorOutput';
const ON_ERROR: Array<INode['onError']> = [
	'stopWorkflow',
	'continueRegularOutput',
	TO_ERROR_OUTPUT,
];

/** What cancels a batch, and how its node is set. */
interface Way {
	by: 'hand' | 'the time-out of the workflow';
	settings: Partial<INode>;
}

const WAYS: Way[] = [
	...ON_ERROR.map((onError): Way => ({ by: 'hand', settings: { onError } })),
	{ by: 'hand', settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 } },
	...ON_ERROR.map(
		(onError): Way => ({ by: 'the time-out of the workflow', settings: { onError } }),
	),
];

export function describeCancelling(bench: Bench): void {
	/** Waits until n8n has stored the end of an execution, and its node has ended too. */
	async function ended(executionId: string): Promise<void> {
		const begun = Date.now();
		const { status, workflowId } = await waitForExecution(bench.session, executionId);
		expect(status).toBe('canceled');
		const told = new RegExp(`Workflow execution finished .*"workflowId": "${workflowId}"`);
		const end = () => told.test(readLog(bench.n8n.logFile, 0)) || undefined;
		await until('the node to end', AT_ONCE_MS, end);
		expect(Date.now() - begun).toBeLessThan(AT_ONCE_MS);
	}

	async function stop(executionId: string): Promise<void> {
		await stopExecution(bench.session, executionId);
		await ended(executionId);
	}

	it('ends at once in a wait for Sahut, sends nothing afterwards, and what is missing by Retry', async () => {
		const { id: credential } = await addCredential(bench);
		const batches = await Promise.all(
			WAYS.map(async ({ by, settings }) => {
				const conversations = addConversations(bench, 5);
				const [next] = addConversations(bench, 1) as [string];
				const limit = { status: 429, retryAfter: RETRY_AFTER_S, ...postsTo(conversations[2]!) };
				bench.sandbox.faults.add({ kind: 'status', ...limit });
				const send = sendNode(credential, settings, { concurrency: 1 });
				const behind = sendText('Behind', credential, next, 'Batch selesai.');
				const timeout = by === 'hand' ? {} : { executionTimeout: TIMEOUT_S };
				const id = await startBatch(bench, conversations, [send, behind], timeout);
				await untilThirdWaits(bench, conversations);
				return { by, onError: settings.onError, conversations, next, id };
			}),
		);
		for (const { by, id } of batches) await (by === 'hand' ? stop(id) : ended(id));
		await sleep(RETRY_AFTER_S * 1_000);
		for (const { conversations, next } of batches) {
			expect(countSent(bench, [...conversations, next])).toEqual([1, 1, 0, 0, 0, 0]);
		}

		// The editor offers no Retry for these, but n8n's API does.
		for (const { onError = 'stopWorkflow', conversations, next, id } of batches) {
			const refuses = onError !== 'stopWorkflow';
			const refusal = { status: 422, ...postsTo(conversations[REFUSED]!) };
			if (refuses) bench.sandbox.faults.add({ kind: 'status', ...refusal });
			const retried = await retryExecution(bench.session, id);
			bench.sandbox.faults.clear();
			const sent = countSent(bench, conversations);
			if (majorOf(VERSION) === 1) {
				// It has stored the execution without the node: there is nothing left to run for it.
				expect(Math.max(...sent)).toBe(1);
				continue;
			}
			expect(sent).toEqual([1, 1, 1, refuses ? 0 : 1, 1]);
			const items = [0, 1].map((output) => outputItems(retried, SEND, output).length);
			expect(items).toEqual(onError === TO_ERROR_OUTPUT ? [4, 1] : [5, 0]);
			expect(countSent(bench, [next])[0]).toBeGreaterThan(0);
		}
	});

	it('ends at once in a batch with Requests per Minute, and sends nothing afterwards', async () => {
		const { id: credential } = await addCredential(bench);
		const conversations = addConversations(bench, 5);
		const requestsPerMinute = 12;
		const send = sendNode(credential, {}, { requestsPerMinute });
		const id = await startBatch(bench, conversations, [send]);
		await until('two messages', 30_000, () => countSent(bench, conversations)[1] || undefined);
		await stop(id);
		await sleep((2 * 60_000) / requestsPerMinute);
		expect(countSent(bench, conversations)).toEqual([1, 1, 0, 0, 0]);
	});
}
