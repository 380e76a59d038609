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
	countMessageRequests,
	countSentMessages,
	matchMessagesTo,
	publishBatchWorkflow,
	SEND_NODE,
	createSendNode,
	startBatch,
	waitForThirdMessage,
} from './batch';
import { describeCancellation } from './cancellation';
import { addConversation, addCredential, textsSentTo, useN8n, N8N_VERSION } from './n8nFixture';

const START = 'Start';

/** The number of times that n8n runs a failing node. */
const TRIES = 3;
const RETRY_ON_FAIL = { retryOnFail: true, maxTries: TRIES, waitBetweenTries: 100 };
/** A text that differs each time n8n runs the node. */
const CHANGING_TEXT = '=Halo {{ $execution.id }} {{ $now.toMillis() }}';

/** The error of an item that the node has certainly not sent. */
const NOTHING_SENT = { advice: expect.stringMatching(/^Nothing was sent/) };

// Only n8n's debug log shows when the node of a canceled execution has ended.
const fixture = useN8n('realN8n', { env: { N8N_LOG_LEVEL: 'debug' } });

it('the command n8n execute runs a workflow that sends a text and lists it', async () => {
	const conversation = addConversation(fixture);
	const { id: credential } = await addCredential(fixture);
	const list = { resource: 'message', operation: 'list', returnAll: true };
	const workflow = chain(
		'Send and list',
		manualTrigger(START),
		sendText(SEND_NODE, credential, conversation, 'Masih ada, Kak.'),
		sahut('List', credential, { ...list, conversationId: byId(conversation) }),
	);
	const { id } = await createWorkflow(fixture.session, workflow);

	const run = await executeByCommand(fixture.n8nOptions, id);

	expect(run.status).toBe('success');
	const messages = fixture.sandbox.store.messages(conversation);
	expect(messages.at(-1)).toMatchObject(outputItems(run, SEND_NODE)[0]!.json);
	expect(textsSentTo(fixture, [conversation])).toEqual([['Masih ada, Kak.']]);
	const listed = outputItems(run, 'List').map(({ json }) => json['id']);
	expect(listed).toEqual(messages.map((message) => message.id));
});

it('n8n accepts a valid API key, and explains why it does not accept another one', async () => {
	const stored = await addCredential(fixture);
	const { data, ...content } = credentialFor(fixture.sandbox);
	const test = async (apiKey: string) => {
		const credentials = { ...stored, ...content, data: { ...data, apiKey } };
		return await fixture.session.request('POST', '/credentials/test', { credentials });
	};

	expect(await test(data.apiKey)).toMatchObject({ status: 'OK' });

	// n8n 1.x shows its own error.
	const reason =
		majorOf(N8N_VERSION) === 1 ? 'Authorization failed' : 'Sahut does not accept this API key';
	expect(await test('sk_live_wrong')).toMatchObject({
		status: 'Error',
		message: expect.stringContaining(reason),
	});
});

it('a workflow with a webhook sends a message for each call while it is published or tested', async () => {
	const { n8n, session } = fixture;
	const conversation = addConversation(fixture);
	const { id: credential } = await addCredential(fixture);
	const send = sendText(SEND_NODE, credential, conversation, '={{ $json.body.text }}');
	const { id } = await createWorkflow(session, chain('Hook', webhook(START, 'hook'), send));
	const call = async (text: string, endpoint = 'webhook') =>
		await fetch(`${n8n.url}/${endpoint}/hook`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ text }),
		});
	const expectSent = async (...texts: string[]) => {
		const sent = () => textsSentTo(fixture, [conversation])[0]!;
		await until('a message', 20_000, () => sent().length >= texts.length || undefined);
		expect(sent()).toEqual(texts);
	};

	expect((await call('not registered')).status).toBe(404);
	expect(await runWorkflow(session, id, START)).toEqual({ waitingForWebhook: true });
	expect((await call('satu', 'webhook-test')).status).toBe(200);
	await expectSent('satu');

	await activateWorkflow(session, id);
	expect((await call('dua')).status).toBe(200);
	await expectSent('satu', 'dua');

	await deactivateWorkflow(session, id);
	expect((await call('not registered')).status).toBe(404);
	await expectSent('satu', 'dua');
});

describe('Nothing is sent', () => {
	/** Sends an item with another Base URL. @returns the `error` of the item */
	async function sendToBaseUrl(baseUrl: string): Promise<unknown> {
		const content = credentialFor(fixture.sandbox);
		const data = { ...content.data, baseUrl };
		const { id } = await createCredential(fixture.session, { ...content, data });
		const send = createSendNode(id, { onError: 'continueRegularOutput' });
		const execution = await startBatch(fixture, addConversations(fixture, 1), [send]);
		const [item] = outputItems(await waitForExecution(fixture.session, execution), SEND_NODE);
		return item?.json['error'];
	}

	it('if the Base URL refuses the connection', async () => {
		const origin = `http://127.0.0.1:${await findFreePort()}`;
		const message = `Sahut could not be reached at ${origin}`;

		const error = await sendToBaseUrl(`${origin}/v1`);

		expect(error).toMatchObject({ message, ...NOTHING_SENT });
		expect(error).not.toHaveProperty('mayHaveArrived');
	});

	it('if the server does not use TLS', async () => {
		// The server does not close the connection, because the node could notice that first.
		const plainServer = createServer((socket) => {
			socket.once('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
			socket.on('error', () => socket.destroy());
		}).listen(0, '127.0.0.1');
		await once(plainServer, 'listening');
		const { port } = plainServer.address() as AddressInfo;
		const message = expect.stringMatching(/^n8n could not establish a secure connection to https:/);

		const error = await sendToBaseUrl(`https://127.0.0.1:${port}/v1`);
		plainServer.close();

		expect(error).toMatchObject({ message, ...NOTHING_SENT });
		expect(error).not.toHaveProperty('mayHaveArrived');
	});
});

describe('Retry On Fail and a retry of the execution', () => {
	/** Sends five items. Sahut rejects the message of the first one this many times. */
	async function sendWithRejection(
		onError: 'continueRegularOutput' | 'stopWorkflow',
		rejections: number,
	) {
		const conversations = addConversations(fixture, 5);
		const [rejected] = conversations as [string];
		fixture.sandbox.faults.add({
			kind: 'status',
			status: 422,
			times: rejections,
			...matchMessagesTo(rejected),
		});
		const { id: credential } = await addCredential(fixture);
		const send = createSendNode(credential, { ...RETRY_ON_FAIL, onError }, {}, CHANGING_TEXT);
		const id = await startBatch(fixture, conversations, [send]);
		const { status } = await waitForExecution(fixture.session, id);
		expect(countMessageRequests(fixture, rejected)).toBe(TRIES);
		expect(countSentMessages(fixture, conversations)).toEqual([0, 1, 1, 1, 1]);
		return { conversations, id, status };
	}

	it('send each message once, although the text differs in each try', async () => {
		const { conversations, id, status } = await sendWithRejection('stopWorkflow', 2 * TRIES);
		const retries = [];
		for (let retry = 0; retry < 2; retry++) retries.push(await retryExecution(fixture.session, id));

		expect(status).toBe('error');
		expect(retries.map((retry) => retry.status)).toEqual(['error', 'success']);
		expect(countSentMessages(fixture, conversations)).toEqual([1, 1, 1, 1, 1]);
	});

	it('send each message once with On Error: Continue', async () => {
		const { status } = await sendWithRejection('continueRegularOutput', TRIES);

		expect(status).toBe('success');
	});
});

it('after n8n was killed during a batch, new executions run, and retries send each message of the batch once', async () => {
	const conversations = addConversations(fixture, 5);
	const limit = { status: 429, retryAfter: 60, ...matchMessagesTo(conversations[2]!) };
	fixture.sandbox.faults.add({ kind: 'status', ...limit });
	const { id: credential } = await addCredential(fixture);
	const start = await publishBatchWorkflow(fixture, [
		createSendNode(credential, {}, { concurrency: 1 }),
	]);

	const id = await start(conversations);
	await waitForThirdMessage(fixture, conversations);
	await fixture.n8n.kill();
	await fixture.n8n.restart();

	const ofNewExecution = addConversations(fixture, 1);
	await waitForExecution(fixture.session, await start(ofNewExecution));
	expect(countSentMessages(fixture, ofNewExecution)).toEqual([1]);

	await waitForExecution(fixture.session, id);
	for (let retry = 1; retry <= 2; retry++) {
		await retryExecution(fixture.session, id);
		expect(countSentMessages(fixture, conversations)).toEqual([1, 1, 1, 1, 1]);
	}
});

describe('A canceled execution', () => describeCancellation(fixture));
