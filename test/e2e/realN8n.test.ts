import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

import {
	activateWorkflow,
	createCredential,
	createWorkflow,
	deactivateWorkflow,
	executeByCommand,
	findFreePort,
	majorOf,
	outputItems,
	retryExecution,
	runWorkflow,
	until,
	waitForExecution,
} from '../../scripts/n8n';
import {
	chain,
	credentialFor,
	manualTrigger,
	sahut,
	sendText,
	webhook,
} from '../../scripts/n8n/workflowBuilder';
import { byId } from '../support/locator';
import {
	addConversations,
	countPosts,
	countSent,
	postsTo,
	publishBatch,
	SEND,
	sendNode,
	startBatch,
	untilThirdWaits,
} from './batch';
import { describeCancelling } from './cancelling';
import { addConversation, addCredential, sentTo, useN8n, VERSION } from './useN8n';

const START = 'Start';

// n8n prints when a node has ended, which is nowhere else to be seen of one that was cancelled.
const bench = useN8n('realN8n', { env: { N8N_LOG_LEVEL: 'debug' } });

it('sends a text and lists it by n8n execute', async () => {
	const conversation = addConversation(bench);
	const { id: credential } = await addCredential(bench);
	const list = { resource: 'message', operation: 'list', returnAll: true };
	const workflow = chain(
		'Send and list',
		manualTrigger(START),
		sendText(SEND, credential, conversation, 'Masih ada, Kak.'),
		sahut('List', credential, { ...list, conversationId: byId(conversation) }),
	);
	const { id } = await createWorkflow(bench.session, workflow);

	const run = await executeByCommand(bench.home, id);

	expect(run.status).toBe('success');
	const messages = bench.sandbox.store.messages(conversation);
	expect(messages.at(-1)).toMatchObject(outputItems(run, SEND)[0]!.json);
	expect(sentTo(bench, [conversation])).toEqual([['Masih ada, Kak.']]);
	const listed = outputItems(run, 'List').map(({ json }) => json['id']);
	expect(listed).toEqual(messages.map((message) => message.id));
});

it('tests the credential', async () => {
	const stored = await addCredential(bench);
	const { data, ...content } = credentialFor(bench.sandbox);
	const test = async (apiKey: string) => {
		const credentials = { ...stored, ...content, data: { ...data, apiKey } };
		return await bench.session.request('POST', '/credentials/test', { credentials });
	};
	expect(await test(data.apiKey)).toMatchObject({ status: 'OK' });
	// n8n 1.x says it in words of its own.
	const reason =
		majorOf(VERSION) === 1 ? 'Authorization failed' : 'Sahut does not accept this API key';
	expect(await test('sk_live_wrong')).toMatchObject({
		status: 'Error',
		message: expect.stringContaining(reason),
	});
});

it('answers a webhook while it is published', async () => {
	const { n8n, session } = bench;
	const conversation = addConversation(bench);
	const { id: credential } = await addCredential(bench);
	const send = sendText(SEND, credential, conversation, '={{ $json.body.text }}');
	const { id } = await createWorkflow(session, chain('Hook', webhook(START, 'hook'), send));
	const call = async (text: string, endpoint = 'webhook') =>
		await fetch(`${n8n.url}/${endpoint}/hook`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ text }),
		});
	const expectSent = async (...texts: string[]) => {
		const sent = () => sentTo(bench, [conversation])[0]!;
		await until('a message', 20_000, () => sent().length >= texts.length || undefined);
		expect(sent()).toEqual(texts);
	};

	expect((await call('nobody listens')).status).toBe(404);
	expect(await runWorkflow(session, id, START)).toEqual({ waitingForWebhook: true });
	expect((await call('satu', 'webhook-test')).status).toBe(200);
	await expectSent('satu');

	await activateWorkflow(session, id);
	expect((await call('dua')).status).toBe(200);
	await expectSent('satu', 'dua');

	await deactivateWorkflow(session, id);
	expect((await call('nobody listens')).status).toBe(404);
	await expectSent('satu', 'dua');
});

describe('a Base URL', () => {
	/** The `error` of an item that is sent to another address. */
	async function errorAt(baseUrl: string): Promise<unknown> {
		const content = credentialFor(bench.sandbox);
		const data = { ...content.data, baseUrl };
		const { id } = await createCredential(bench.session, { ...content, data });
		const send = sendNode(id, { onError: 'continueRegularOutput' });
		const execution = await startBatch(bench, addConversations(bench, 1), [send]);
		const [item] = outputItems(await waitForExecution(bench.session, execution), SEND);
		return item?.json['error'];
	}
	const nothingSent = { advice: expect.stringMatching(/^Nothing was sent/) };

	it('that refuses the connection: nothing was sent', async () => {
		const origin = `http://127.0.0.1:${await findFreePort()}`;
		const error = await errorAt(`${origin}/v1`);
		const message = `Sahut could not be reached at ${origin}`;
		expect(error).toMatchObject({ message, ...nothingSent });
		expect(error).not.toHaveProperty('mayHaveArrived');
	});

	it('that speaks no TLS: nothing was sent', async () => {
		// A server that hangs up as well would leave it to chance what is noticed first.
		const plain = createServer((socket) => {
			socket.once('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
			socket.on('error', () => socket.destroy());
		}).listen(0, '127.0.0.1');
		await once(plain, 'listening');
		const { port } = plain.address() as AddressInfo;
		const error = await errorAt(`https://127.0.0.1:${port}/v1`);
		plain.close();
		const message = expect.stringMatching(/^n8n could not establish a secure connection to https:/);
		expect(error).toMatchObject({ message, ...nothingSent });
		expect(error).not.toHaveProperty('mayHaveArrived');
	});
});

describe('Retry On Fail and Retry', () => {
	const TRIES = 3;
	const SETTINGS = { retryOnFail: true, maxTries: TRIES, waitBetweenTries: 100 };
	/** It is another one each time that n8n runs the node. */
	const CHANGING_TEXT = '=Halo {{ $execution.id }} {{ $now.toMillis() }}';

	/** Four items are sent, the first is refused as often as given. */
	async function sendRefused(onError: 'continueRegularOutput' | 'stopWorkflow', times: number) {
		const conversations = addConversations(bench, 5);
		const [refused] = conversations as [string];
		bench.sandbox.faults.add({ kind: 'status', status: 422, times, ...postsTo(refused) });
		const { id: credential } = await addCredential(bench);
		const send = sendNode(credential, { ...SETTINGS, onError }, {}, CHANGING_TEXT);
		const id = await startBatch(bench, conversations, [send]);
		const { status } = await waitForExecution(bench.session, id);
		expect(countPosts(bench, refused)).toBe(TRIES);
		expect(countSent(bench, conversations)).toEqual([0, 1, 1, 1, 1]);
		return { conversations, id, status };
	}

	it('send none twice, and what is missing, though the text differs at each try', async () => {
		const { conversations, id, status } = await sendRefused('stopWorkflow', 2 * TRIES);
		expect(status).toBe('error');
		const retries = [];
		for (let retry = 0; retry < 2; retry++) retries.push(await retryExecution(bench.session, id));
		expect(retries.map((retry) => retry.status)).toEqual(['error', 'success']);
		expect(countSent(bench, conversations)).toEqual([1, 1, 1, 1, 1]);
	});

	it('send none twice on Continue either', async () => {
		expect(await sendRefused('continueRegularOutput', TRIES)).toMatchObject({ status: 'success' });
	});
});

it('answers webhooks again when it was killed in a batch, and Retry sends each message once', async () => {
	const conversations = addConversations(bench, 5);
	const limit = { status: 429, retryAfter: 60, ...postsTo(conversations[2]!) };
	bench.sandbox.faults.add({ kind: 'status', ...limit });
	const { id: credential } = await addCredential(bench);
	const start = await publishBatch(bench, [sendNode(credential, {}, { concurrency: 1 })]);
	const id = await start(conversations);
	await untilThirdWaits(bench, conversations);
	await bench.n8n.kill();
	await bench.n8n.restart();

	const others = addConversations(bench, 1);
	await waitForExecution(bench.session, await start(others));
	expect(countSent(bench, others)).toEqual([1]);

	await waitForExecution(bench.session, id);
	for (let retry = 1; retry <= 2; retry++) {
		await retryExecution(bench.session, id);
		expect(countSent(bench, conversations)).toEqual([1, 1, 1, 1, 1]);
	}
});

describe('an execution that is cancelled', () => describeCancelling(bench));
