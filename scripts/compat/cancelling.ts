import { deepStrictEqual, equal, ok } from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { INode } from 'n8n-workflow';

import type { Sandbox } from '../../sandbox';
import {
	endOfLog,
	majorOf,
	outputItems,
	readLog,
	retryExecution,
	stopExecution,
	until,
	waitForExecution,
	type RunningN8n,
	type Session,
	type StoredCredential,
} from '../n8n';
import { sendText } from '../n8n/parts';
import {
	addConversations,
	countPosts,
	countSent,
	postPath,
	SEND,
	sendNode,
	startBatch,
	withOptions,
} from './batch';
import type { Try } from './record';

const TIMEOUT_MS = 20_000;
const RETRY_AFTER_S = 20;
/** Within this time, what is cancelled must have ended. */
const AT_ONCE_MS = 3_000;
/** Behind the two that are sent before n8n is told to end. */
const LIMITED = 2;
/** Refused when the execution is retried, to see where such an item goes. */
const REFUSED = 3;

const ON_ERROR = {
	Stop: 'stopWorkflow',
	Continue: 'continueRegularOutput',
	'Continue (using error output)': 'continueErrorOutput',
} as const;

interface Cancelled {
	name: string;
	onError: INode['onError'];
	/** Whether n8n ended it by the time-out of the workflow, and not by hand. */
	byTimeout: boolean;
	conversations: string[];
	/** Where the node behind it sends to. */
	next: string;
	executionId: string;
}

/** What can be tried with executions that are cancelled in the middle of a batch. */
export async function tryCancelling(
	n8n: RunningN8n,
	session: Session,
	sandbox: Sandbox,
	credential: StoredCredential,
	attempt: Try,
): Promise<void> {
	const all: Cancelled[] = [];
	const twoAreSent = async (conversations: string[]) =>
		await until(
			'two messages',
			TIMEOUT_MS,
			() => countSent(sandbox, conversations)[LIMITED - 1] || undefined,
		);
	/** Waits until n8n has stored the end of an execution, and its node has ended too. */
	const waitForEnd = async (executionId: string, from: number) => {
		const { status, workflowId } = await waitForExecution(session, executionId);
		equal(status, 'canceled');
		const told = new RegExp(`Workflow execution finished .*"workflowId": "${workflowId}"`);
		const end = () => told.test(readLog(n8n.logFile, from)) || undefined;
		await until('the node to end', AT_ONCE_MS, end);
	};
	const stop = async (executionId: string) => {
		const from = endOfLog(n8n.logFile);
		const begun = Date.now();
		await stopExecution(session, executionId);
		await waitForEnd(executionId, from);
		ok(Date.now() - begun < AT_ONCE_MS, `It took ${Date.now() - begun} ms to end.`);
	};

	/** Five items, of which the third is told to wait when n8n ends the execution. */
	async function cancel(
		name: string,
		settings: Partial<INode>,
		byTimeout = false,
	): Promise<Cancelled> {
		const conversations = addConversations(sandbox, 5);
		const [next] = addConversations(sandbox, 1);
		const path = postPath(conversations[LIMITED]!);
		const limit = { status: 429, retryAfter: RETRY_AFTER_S, method: 'POST', path };
		sandbox.faults.add({ kind: 'status', ...limit });
		const send = withOptions(sendNode(credential.id, settings), { concurrency: 1 });
		const behind = sendText('Behind', credential.id, next!, 'Batch selesai.');
		const timeout = byTimeout ? { executionTimeout: AT_ONCE_MS / 1000 } : {};
		const from = endOfLog(n8n.logFile);
		const executionId = await startBatch(session, conversations, [send, behind], timeout);
		await until(
			'the third to wait',
			TIMEOUT_MS,
			() => countPosts(sandbox, conversations[LIMITED]!) || undefined,
		);
		if (byTimeout) await waitForEnd(executionId, from);
		else await stop(executionId);
		const { onError } = settings;
		return { name, onError, byTimeout, conversations, next: next!, executionId };
	}

	for (const [label, onError] of Object.entries(ON_ERROR)) {
		const name = `On Error: ${label}`;
		await attempt(`Cancelling while Sahut asks to wait ends at once (${name})`, async () => {
			all.push(await cancel(name, { onError }));
		});
	}
	await attempt('Cancelling while Sahut asks to wait ends at once (Retry On Fail)', async () => {
		const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 100 };
		all.push(await cancel('Retry On Fail', { onError: ON_ERROR.Stop, ...settings }));
	});
	for (const [label, onError] of Object.entries(ON_ERROR)) {
		const name = `On Error: ${label}`;
		await attempt(`The workflow's time-out ends such a wait (${name})`, async () => {
			all.push(await cancel(name, { onError }, true));
		});
	}
	let paced: string[] = [];
	await attempt('Cancelling a batch with Requests per Minute ends at once', async () => {
		paced = addConversations(sandbox, 10);
		const send = withOptions(sendNode(credential.id), { requestsPerMinute: 60 });
		const executionId = await startBatch(session, paced, [send]);
		await twoAreSent(paced);
		await stop(executionId);
	});
	await attempt('Nothing is sent after an execution was cancelled', async () => {
		await sleep((RETRY_AFTER_S + 2) * 1000);
		for (const { name, conversations, next } of all) {
			deepStrictEqual(countSent(sandbox, conversations), [1, 1, 0, 0, 0], name);
			deepStrictEqual(countSent(sandbox, [next]), [0], name);
		}
		const atOnce = countSent(sandbox, paced);
		deepStrictEqual(atOnce, [1, 1, ...Array<number>(8).fill(0)]);
	});
	// The editor offers no Retry for these, but n8n's API does.
	for (const { name, onError, byTimeout, conversations, executionId } of all) {
		const how = byTimeout ? 'timed out' : 'was cancelled';
		await attempt(`Retry, by the API, of one that ${how}: none twice (${name})`, async () => {
			const refuses = onError !== ON_ERROR.Stop;
			const path = postPath(conversations[REFUSED]!);
			if (refuses) sandbox.faults.add({ kind: 'status', status: 422, method: 'POST', path });
			const retried = await retryExecution(session, executionId);
			sandbox.faults.clear();
			const sent = countSent(sandbox, conversations);
			// n8n 1.x has stored the execution without the node: there is nothing left to run for it.
			if (majorOf(session.n8n.version) === 1) return ok(Math.max(...sent) === 1, sent.join());

			deepStrictEqual(sent, [1, 1, 1, refuses ? 0 : 1, 1]);
			const [regular, failed] = [0, 1].map((output) => outputItems(retried, SEND, output));
			const toErrorOutput = onError === ON_ERROR['Continue (using error output)'];
			equal(regular!.length, toErrorOutput ? 4 : 5);
			equal(failed!.length, toErrorOutput ? 1 : 0);
		});
	}
}
