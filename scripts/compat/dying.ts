import { deepStrictEqual } from 'node:assert/strict';

import type { Sandbox } from '../../sandbox';
import {
	retryExecution,
	until,
	waitForExecution,
	type RunningN8n,
	type Session,
	type StoredCredential,
} from '../n8n';
import { addConversations, countSent, postPath, sendNode, startBatch, withOptions } from './batch';
import type { Try } from './record';

const TIMEOUT_MS = 20_000;

/** What can be tried with an n8n that is killed in the middle of a batch, and started again. */
export async function tryDying(
	n8n: RunningN8n,
	session: Session,
	sandbox: Sandbox,
	credential: StoredCredential,
	attempt: Try,
): Promise<void> {
	await attempt('n8n is killed in a batch, then Retry, twice: each message once', async () => {
		const conversations = addConversations(sandbox, 5);
		const path = postPath(conversations[2]!);
		sandbox.faults.add({ kind: 'status', status: 429, retryAfter: 60, method: 'POST', path });
		const send = withOptions(sendNode(credential.id), { concurrency: 1 });
		const id = await startBatch(session, conversations, [send]);
		await until(
			'two messages',
			TIMEOUT_MS,
			() => countSent(sandbox, conversations)[1] || undefined,
		);
		await n8n.kill();
		await n8n.restart();
		await waitForExecution(session, id);
		for (let retry = 1; retry <= 2; retry++) {
			await retryExecution(session, id);
			const sent = countSent(sandbox, conversations);
			deepStrictEqual(sent, [1, 1, 1, 1, 1], `sent after Retry ${retry}: ${sent.join()}`);
		}
	});
}
