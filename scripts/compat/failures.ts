import { deepStrictEqual, equal, match, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../../sandbox';
import {
	createCredential,
	freePort,
	outputItems,
	retryExecution,
	waitForExecution,
	type Session,
	type StoredCredential,
} from '../n8n';
import { credentialFor } from '../n8n/parts';
import {
	addConversations,
	countPosts,
	countSent,
	postPath,
	SEND,
	sendNode,
	startBatch,
} from './batch';
import type { Try } from './record';

const TRIES = 3;
const RETRY_ON_FAIL = { retryOnFail: true, maxTries: TRIES, waitBetweenTries: 100 };
/** It is another one each time that n8n runs the node. */
const CHANGING_TEXT = '=Halo {{ $execution.id }} {{ $now.toMillis() }}';

/** The `error` of an item that is sent to another address. */
async function failAt(session: Session, sandbox: Sandbox, baseUrl: string): Promise<IDataObject> {
	const content = credentialFor(sandbox);
	const data = { ...content.data, baseUrl };
	const { id } = await createCredential(session, { ...content, name: baseUrl, data });
	const send = sendNode(id, { onError: 'continueRegularOutput' });
	const execution = await startBatch(session, addConversations(sandbox, 1), [send]);
	const [item] = outputItems(await waitForExecution(session, execution), SEND);
	return item?.json['error'] as IDataObject;
}

/** What can be tried with an address that does not answer, and with refused items. */
export async function tryFailures(
	session: Session,
	sandbox: Sandbox,
	credential: StoredCredential,
	attempt: Try,
): Promise<void> {
	await attempt('A Base URL that refuses the connection: nothing was sent', async () => {
		const origin = `http://127.0.0.1:${await freePort()}`;
		const { message, advice, mayHaveArrived } = await failAt(session, sandbox, `${origin}/v1`);
		equal(message, `Sahut could not be reached at ${origin}`);
		match(String(advice), /^Nothing was sent/);
		equal(mayHaveArrived, undefined);
	});
	await attempt('A Base URL that speaks no TLS: nothing was sent', async () => {
		// A server that hangs up as well would leave it to chance what is noticed first.
		const plain = createServer((socket) => {
			socket.once('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
			socket.on('error', () => socket.destroy());
		}).listen(0, '127.0.0.1');
		await once(plain, 'listening');
		const baseUrl = `https://127.0.0.1:${(plain.address() as AddressInfo).port}/v1`;
		const { message, advice, mayHaveArrived } = await failAt(session, sandbox, baseUrl);
		plain.close();
		match(String(message), /^No secure connection to https:.* could be made/);
		match(String(advice), /^Nothing was sent/);
		equal(mayHaveArrived, undefined);
	});
	for (const [label, onError] of [
		['Stop', 'stopWorkflow'],
		['Continue', 'continueRegularOutput'],
	] as const) {
		const name = `Retry On Fail (On Error: ${label}), a text that differs at each try: none twice`;
		await attempt(name, async () => {
			const conversations = addConversations(sandbox, 5);
			const refused = conversations[0]!;
			const refusal = { status: 422, method: 'POST', path: postPath(refused), times: TRIES };
			sandbox.faults.add({ kind: 'status', ...refusal });
			const send = sendNode(credential.id, { ...RETRY_ON_FAIL, onError }, CHANGING_TEXT);
			const id = await startBatch(session, conversations, [send]);
			const { status } = await waitForExecution(session, id);
			equal(status, onError === 'stopWorkflow' ? 'error' : 'success');
			equal(countPosts(sandbox, refused), TRIES);
			const [first, ...others] = countSent(sandbox, conversations);
			equal(first, 0);
			ok(Math.max(...others) === 1, `sent: ${others.join()}`);

			if (onError === 'continueRegularOutput') return deepStrictEqual(others, [1, 1, 1, 1]);
			await retryExecution(session, id);
			deepStrictEqual(countSent(sandbox, conversations), [1, 1, 1, 1, 1]);
		});
	}
}
