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
import { addCredential, VERSION, type N8nFixture } from './n8nFixture';

const RETRY_AFTER_S = 16;
/** A canceled execution must end within this time, which is much shorter than Retry-After. */
const MAX_END_MS = 8_000;
/** The timeout of the workflows. The third message gets its 429 before that. */
const TIMEOUT_S = 5;
/** The index of the item that Sahut rejects in the retry. */
const REJECTED = 3;

const TO_ERROR_OUTPUT = 'continueErrorOutput';
const ON_ERROR: Array<INode['onError']> = [
	'stopWorkflow',
	'continueRegularOutput',
	TO_ERROR_OUTPUT,
];

/** How a batch is canceled, and the settings of its node. */
interface Cancellation {
	by: 'user' | 'timeout';
	settings: Partial<INode>;
}

const CANCELLATIONS: Cancellation[] = [
	...ON_ERROR.map((onError): Cancellation => ({ by: 'user', settings: { onError } })),
	{ by: 'user', settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 } },
	...ON_ERROR.map((onError): Cancellation => ({ by: 'timeout', settings: { onError } })),
];

export function describeCancellation(fixture: N8nFixture): void {
	/** Waits until n8n has stored the end of an execution, and its node has ended. */
	async function waitForEnd(executionId: string): Promise<void> {
		const startedAt = Date.now();
		const { status, workflowId } = await waitForExecution(fixture.session, executionId);
		expect(status).toBe('canceled');
		const logLine = new RegExp(`Workflow execution finished .*"workflowId": "${workflowId}"`);
		const end = () => logLine.test(readLog(fixture.n8n.logFile, 0)) || undefined;
		await until('the node to end', MAX_END_MS, end);
		expect(Date.now() - startedAt).toBeLessThan(MAX_END_MS);
	}

	async function stop(executionId: string): Promise<void> {
		await stopExecution(fixture.session, executionId);
		await waitForEnd(executionId);
	}

	it('ends during a wait for Sahut, sends nothing afterwards, and sends the rest with Retry', async () => {
		const { id: credential } = await addCredential(fixture);
		const batches = await Promise.all(
			CANCELLATIONS.map(async ({ by, settings }) => {
				const conversations = addConversations(fixture, 5);
				const [next] = addConversations(fixture, 1) as [string];
				const limit = { status: 429, retryAfter: RETRY_AFTER_S, ...postsTo(conversations[2]!) };
				fixture.sandbox.faults.add({ kind: 'status', ...limit });
				const send = sendNode(credential, settings, { concurrency: 1 });
				const second = sendText('Second', credential, next, 'Batch selesai.');
				const timeout = by === 'user' ? {} : { executionTimeout: TIMEOUT_S };
				const id = await startBatch(fixture, conversations, [send, second], timeout);
				await untilThirdWaits(fixture, conversations);
				return { by, onError: settings.onError, conversations, next, id };
			}),
		);
		for (const { by, id } of batches) await (by === 'user' ? stop(id) : waitForEnd(id));
		await sleep(RETRY_AFTER_S * 1_000);
		for (const { conversations, next } of batches) {
			expect(countSent(fixture, [...conversations, next])).toEqual([1, 1, 0, 0, 0, 0]);
		}

		// The editor has no Retry button for canceled executions, but n8n's API can retry them.
		for (const { onError = 'stopWorkflow', conversations, next, id } of batches) {
			const rejects = onError !== 'stopWorkflow';
			const rejection = { status: 422, ...postsTo(conversations[REJECTED]!) };
			if (rejects) fixture.sandbox.faults.add({ kind: 'status', ...rejection });
			const retried = await retryExecution(fixture.session, id);
			fixture.sandbox.faults.clear();
			const sent = countSent(fixture, conversations);
			if (majorOf(VERSION) === 1) {
				// n8n 1.x has stored the execution without the node, so there is nothing to retry.
				expect(Math.max(...sent)).toBe(1);
				continue;
			}
			expect(sent).toEqual([1, 1, 1, rejects ? 0 : 1, 1]);
			const items = [0, 1].map((output) => outputItems(retried, SEND, output).length);
			expect(items).toEqual(onError === TO_ERROR_OUTPUT ? [4, 1] : [5, 0]);
			expect(countSent(fixture, [next])[0]).toBeGreaterThan(0);
		}
	});

	it('ends during a wait for Requests per Minute, and sends nothing afterwards', async () => {
		const { id: credential } = await addCredential(fixture);
		const conversations = addConversations(fixture, 5);
		const requestsPerMinute = 12;
		const send = sendNode(credential, {}, { requestsPerMinute });
		const id = await startBatch(fixture, conversations, [send]);
		await until('two messages', 30_000, () => countSent(fixture, conversations)[1] || undefined);
		await stop(id);
		await sleep((2 * 60_000) / requestsPerMinute);
		expect(countSent(fixture, conversations)).toEqual([1, 1, 0, 0, 0]);
	});
}
