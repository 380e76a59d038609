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
	countSentMessages,
	matchMessagesTo,
	SEND_NODE,
	createSendNode,
	startBatch,
	waitForThirdMessage,
} from './batch';
import { addCredential, N8N_VERSION, type N8nFixture } from './n8nFixture';

/** The delay that Sahut requests for the third message, in seconds. */
const RETRY_AFTER_S = 16;
/** A canceled execution must end within this time, which is much shorter than the requested delay. */
const MAX_END_MS = 8_000;
/** The timeout of the workflows in seconds. The third message gets its 429 before this timeout. */
const TIMEOUT_S = 5;
/** The index of the item that Sahut rejects in the retry. */
const REJECTED_INDEX = 3;

const TO_ERROR_OUTPUT = 'continueErrorOutput';
const ON_ERROR: Array<INode['onError']> = [
	'stopWorkflow',
	'continueRegularOutput',
	TO_ERROR_OUTPUT,
];

/** A way to cancel a batch, and the settings of its node. */
interface Cancellation {
	by: 'user' | 'timeout';
	settings: Partial<INode>;
}

const CANCELLATIONS: Cancellation[] = [
	...ON_ERROR.map((onError): Cancellation => ({ by: 'user', settings: { onError } })),
	{ by: 'user', settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 } },
	...ON_ERROR.map((onError): Cancellation => ({ by: 'timeout', settings: { onError } })),
];

/** The requests per minute of the test that waits for this limit. */
const REQUESTS_PER_MINUTE = 12;

/** Defines the tests of canceled executions. */
export function describeCancellation(fixture: N8nFixture): void {
	/** Waits until n8n has stored the execution as canceled, and its node has ended. */
	async function waitForCancellation(executionId: string): Promise<void> {
		const startedAt = Date.now();
		const { status, workflowId } = await waitForExecution(fixture.session, executionId);
		expect(status).toBe('canceled');
		const logLine = new RegExp(`Workflow execution finished .*"workflowId": "${workflowId}"`);
		const isLogged = () => logLine.test(readLog(fixture.n8n.logFile, 0));
		await until('the node to end', MAX_END_MS, () => isLogged() || undefined);
		expect(Date.now() - startedAt).toBeLessThan(MAX_END_MS);
	}

	async function stopAsUser(executionId: string): Promise<void> {
		await stopExecution(fixture.session, executionId);
		await waitForCancellation(executionId);
	}

	it('ends while it waits for Retry-After, sends nothing afterwards, and a retry sends the remaining messages', async () => {
		const { id: credential } = await addCredential(fixture);
		const batches = await Promise.all(
			CANCELLATIONS.map(async ({ by, settings }) => {
				const conversations = addConversations(fixture, 5);
				const [ofNextNode] = addConversations(fixture, 1) as [string];
				const limit = {
					status: 429,
					retryAfter: RETRY_AFTER_S,
					...matchMessagesTo(conversations[2]!),
				};
				fixture.sandbox.faults.add({ kind: 'status', ...limit });
				const send = createSendNode(credential, settings, { concurrency: 1 });
				const nextNode = sendText('Next', credential, ofNextNode, 'Batch selesai.');
				const timeout = by === 'user' ? {} : { executionTimeout: TIMEOUT_S };
				const id = await startBatch(fixture, conversations, [send, nextNode], timeout);
				await waitForThirdMessage(fixture, conversations);
				return { by, onError: settings.onError, conversations, ofNextNode, id };
			}),
		);

		for (const { by, id } of batches)
			await (by === 'user' ? stopAsUser(id) : waitForCancellation(id));
		await sleep(RETRY_AFTER_S * 1_000);

		for (const { conversations, ofNextNode } of batches) {
			const counts = countSentMessages(fixture, [...conversations, ofNextNode]);
			expect(counts).toEqual([1, 1, 0, 0, 0, 0]);
		}

		// The editor has no Retry button for canceled executions, but n8n's API can retry them.
		for (const { onError = 'stopWorkflow', conversations, ofNextNode, id } of batches) {
			const hasRejection = onError !== 'stopWorkflow';
			const rejection = { status: 422, ...matchMessagesTo(conversations[REJECTED_INDEX]!) };
			if (hasRejection) fixture.sandbox.faults.add({ kind: 'status', ...rejection });

			const retried = await retryExecution(fixture.session, id);
			fixture.sandbox.faults.clear();

			const sent = countSentMessages(fixture, conversations);
			if (majorOf(N8N_VERSION) === 1) {
				// n8n 1.x stores the canceled execution without the node, so there is nothing to retry.
				expect(Math.max(...sent)).toBe(1);
				continue;
			}
			expect(sent).toEqual([1, 1, 1, hasRejection ? 0 : 1, 1]);
			const itemCounts = [0, 1].map((output) => outputItems(retried, SEND_NODE, output).length);
			expect(itemCounts).toEqual(onError === TO_ERROR_OUTPUT ? [4, 1] : [5, 0]);
			expect(countSentMessages(fixture, [ofNextNode])[0]).toBeGreaterThan(0);
		}
	});

	it('ends while it waits because of Requests per Minute, and sends nothing afterwards', async () => {
		const { id: credential } = await addCredential(fixture);
		const conversations = addConversations(fixture, 5);
		const send = createSendNode(credential, {}, { requestsPerMinute: REQUESTS_PER_MINUTE });
		const id = await startBatch(fixture, conversations, [send]);

		await until(
			'two messages',
			30_000,
			() => countSentMessages(fixture, conversations)[1] || undefined,
		);
		await stopAsUser(id);
		await sleep((2 * 60_000) / REQUESTS_PER_MINUTE);

		expect(countSentMessages(fixture, conversations)).toEqual([1, 1, 0, 0, 0]);
	});
}
