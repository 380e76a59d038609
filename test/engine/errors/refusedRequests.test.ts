import type { INode } from 'n8n-workflow';
import net from 'node:net';

import type { FaultAction } from '../../../sandbox';
import { HOUR_MS } from '../../../sandbox/clock';
import { sahutWorkflow, searchList } from '../../support/engine';
import { findClosedOrigin, openPlainTextServer, openServer } from '../../support/localServer';
import { overrideTransport, createClockAheadBy } from '../../support/transport';
import { openConversation, openWorkspace, sendText, until } from '../../support/workspace';
import { now } from '../../support/testClock';

const CONVERSATION = 'conv_01HX2B9K3M5N7P';
const MAY_HAVE_ARRIVED = 'Sahut may have processed this request';

const listMessages: INode['parameters'] = {
	...sendText,
	operation: 'list',
	returnAll: true,
};

/** Sends a text under a fault, with a short timeout. */
async function sendUnder(fault: FaultAction) {
	const { workspace, conversation } = await openConversation();
	workspace.sandbox.faults.add(fault);
	overrideTransport({ timeoutMs: 300 });
	const finished = await workspace.run(sendText, [{ conversation, text: 'Halo' }]);
	return { ...workspace, ...finished, conversation };
}

describe('A rejected request', () => {
	it.each([
		[400, 'bad_request', 'Sahut rejected the request to send the message', 'Check the values'],
		[
			401,
			'unauthorized',
			'Sahut does not accept the API key',
			'Settings → Integrations → API Keys',
		],
		[403, 'forbidden', 'This API key has no permission to send the message', 'Ask an admin'],
		[404, 'not_found', 'was not found in Sahut', 'Choose "From List"'],
		[
			402,
			'payment_required',
			'Sahut requires a payment before you can send the message',
			'Check the plan',
		],
		[
			409,
			'conflict',
			'conflicts with existing data in Sahut',
			'another record has the same values',
		],
		[410, 'gone', 'no longer exists in Sahut', 'Check whether it was deleted'],
		[413, 'too_large', 'is too large for Sahut', 'Shorten the texts'],
		[415, 'unsupported', 'does not accept the format', 'whether a proxy'],
		[422, 'validation_error', 'Sahut refused to send the message', 'Check the text of the message'],
		[451, 'legal', 'For legal reasons, Sahut refused to send the message', 'Ask Sahut support'],
		[418, 'teapot', 'Sahut responded with status 418 to the request to send', 'Check the Base URL'],
	])(
		'with status %i (%s) fails after one request with "%s" and the advice "%s"',
		async (...row) => {
			const [status, code, message, advice] = row;
			const { error, requests } = await sendUnder({
				kind: 'status',
				status,
				code,
				message: 'Pesan dari Sahut',
			});

			expect(error!.message).toContain(message);
			expect(error!.description).toContain(`Sahut responded: "Pesan dari Sahut" (${code}).`);
			expect(error!.description).toContain(advice);
			expect(error!.description).not.toContain(MAY_HAVE_ARRIVED);
			expect(error).toMatchObject({ httpCode: String(status), context: { itemIndex: 0 } });
			expect(requests()).toHaveLength(1);
		},
	);

	it.each([402, 409, 410, 413, 415, 422, 451])(
		'with status %i does not advise the user to check the Base URL',
		async (status) => {
			const { error } = await sendUnder({ kind: 'status', status });

			expect(error!.description).not.toContain('Base URL');
		},
	);

	it('keeps the message of Sahut if it contains the name of a system error', async () => {
		const { error } = await sendUnder({
			kind: 'status',
			status: 404,
			message: 'EACCES preexisting',
		});

		expect(error!.message).toContain('was not found in Sahut');
		expect(error!.description).toContain('Sahut responded: "EACCES preexisting"');
	});

	it('with a redirect fails without following the redirect', async () => {
		const arrived: string[] = [];
		const other = await openServer(({ url }, response) => {
			arrived.push(`other ${url}`);
			response.end('{"data":[]}');
		});
		const baseUrl = await openServer(({ url }, response) => {
			arrived.push(`base ${url}`);
			response.writeHead(302, { location: `${other}/x` }).end();
		});
		const { run } = await openWorkspace();

		const { error } = await run(
			listMessages,
			[{ conversation: CONVERSATION }],
			{},
			{
				credentials: { sahutApi: { apiKey: 'sk_live_secret', baseUrl } },
			},
		);

		expect(error?.message).toContain(
			'Sahut redirected the request to another address (status 302)',
		);
		expect(arrived).toEqual([expect.stringContaining(`base /conversations/${CONVERSATION}`)]);
	});
});

describe('A message whose response is lost', () => {
	it.each<[string, FaultAction]>([
		['a 500', { kind: 'statusAfterStore', status: 500 }],
		['a redirect to its result (302)', { kind: 'statusAfterStore', status: 302 }],
		['a redirect to its result (303)', { kind: 'statusAfterStore', status: 303 }],
		['a closed connection', { kind: 'dropAfter' }],
		['a timeout', { kind: 'slow', delayMs: 1_000 }],
		['a response that is not JSON', { kind: 'notJson' }],
		['a response without data', { kind: 'body', body: {} }],
		['a response without an ID', { kind: 'body', body: { data: { content: 'Halo' } } }],
	])('because of %s is found in the conversation, and not sent again', async (_, fault) => {
		const { error, output, sandbox, sent, requests, conversation } = await sendUnder(fault);

		expect(error).toBeUndefined();
		expect(sent(conversation)).toEqual(['Halo']);
		expect(output('Sahut')[0]!.json.id).toBe(sandbox.store.messages(conversation).at(-1)!.id);
		expect(requests().filter((request) => request.startsWith('POST'))).toHaveLength(1);
	});

	it.each<[string, FaultAction, string]>([
		['a 500', { kind: 'status', status: 500 }, 'Sahut responded with an error to the request'],
		['a 503', { kind: 'status', status: 503 }, 'Sahut responded with an error to the request'],
		[
			'a closed connection',
			{ kind: 'dropBefore' },
			'The connection was lost before Sahut responded',
		],
	])('because of %s and that is not found is not sent again, and fails', async (...row) => {
		const [, fault, message] = row;
		const { error, sent, requests, conversation } = await sendUnder(fault);

		expect(error!.message).toContain(message);
		expect(error!.description).toContain(MAY_HAVE_ARRIVED);
		expect(error!.description).not.toMatch(/retry|try again/i);
		expect(sent(conversation)).toEqual([]);
		expect(requests().filter((request) => request.startsWith('POST'))).toHaveLength(1);
	});

	it('is not matched with an older message of the same text', async () => {
		const { workspace, conversation } = await openConversation();
		const { store, faults } = workspace.sandbox;
		store.addMessage(conversation, {
			type: 'outgoing',
			content: 'Halo',
			sender: store.bot,
			attachments: [],
			created_at: new Date(now() - 5_000).toISOString(),
		});
		faults.add({ kind: 'dropBefore' });

		const { error } = await workspace.run(sendText, [{ conversation, text: 'Halo' }]);

		expect(error?.description).toContain(MAY_HAVE_ARRIVED);
	});

	it.each([
		['contact', 'incoming'],
		['agent', 'outgoing'],
	] as const)('is not matched with a newer message of the %s', async (writer, type) => {
		const { workspace, conversation } = await openConversation();
		const { store, faults } = workspace.sandbox;
		const [agent] = [...store.agents.values()];
		store.addMessage(conversation, {
			type,
			content: 'Halo',
			sender: { ...agent!, type: writer },
			attachments: [],
			created_at: new Date(now() + 2_000).toISOString(),
		});
		faults.add({ kind: 'dropBefore', method: 'POST' });

		const { error } = await workspace.run(sendText, [{ conversation, text: 'Halo' }]);

		expect(error?.description).toContain(MAY_HAVE_ARRIVED);
	});

	it('is found beyond the first page, among messages of the same text', async () => {
		const { workspace, conversation } = await openConversation();
		const { store, faults } = workspace.sandbox;
		store.addMessages(conversation, 98, { until: new Date(now() - 60_000) });
		const rows = ['Halo', 'Halo', 'Halo'].map((text) => ({ conversation, text }));
		faults.add({ kind: 'dropAfter', method: 'POST', skip: 1 });

		const { output } = await workspace.run(sendText, rows);

		const ids = store
			.messages(conversation)
			.slice(-3)
			.map(({ id }) => id);
		expect(output('Sahut').map(({ json }) => json.id)).toEqual(ids);
	});

	it('is found by the values of its template', async () => {
		const { workspace, conversation } = await openConversation();
		const { store, faults } = workspace.sandbox;
		store.send(conversation, { content: 'Sebentar ya Kak Budi' });
		faults.add({ kind: 'dropAfter' });

		const { output } = await workspace.run(
			{
				...sendText,
				messageType: 'template',
				templateId: 'tmpl_follow_up',
				variablesInput: 'json',
				templateVariablesJson: '{ "customer_name": "Budi Santoso" }',
			},
			[{ conversation }],
		);

		expect(output('Sahut')[0]!.json.content).toContain('Halo Kak Budi Santoso, terima kasih');
	});

	it('is not matched with the message of an agent if its template has no variables', async () => {
		const { workspace, conversation } = await openConversation();
		const { store, faults } = workspace.sandbox;
		const [agent] = [...store.agents.values()];
		faults.add({ kind: 'dropBefore', method: 'POST' });
		store.addMessage(conversation, {
			type: 'outgoing',
			content: 'Sebentar ya Kak',
			sender: { type: 'agent', ...agent! },
			attachments: [],
			created_at: new Date(now() + 2_000).toISOString(),
		});

		const { error } = await workspace.run(
			{ ...sendText, messageType: 'template', templateId: 'tmpl_opening_hours' },
			[{ conversation }],
		);

		expect(error?.description).toContain(MAY_HAVE_ARRIVED);
	});

	it('is found if the clock of n8n is wrong', async () => {
		const { workspace, conversation } = await openConversation();
		workspace.sandbox.faults.add({ kind: 'dropAfter' });
		overrideTransport({ clock: createClockAheadBy(HOUR_MS) });

		const { status } = await workspace.run(sendText, [{ conversation, text: 'Halo' }]);

		expect(status).toBe('success');
		expect(workspace.sent(conversation)).toEqual(['Halo']);
	});
});

describe('Without a connection', () => {
	it('the error states the address and that nothing was sent', async () => {
		const baseUrl = await findClosedOrigin();
		const { run } = await openWorkspace();

		const { error } = await run(
			sendText,
			[{ conversation: CONVERSATION, text: 'Halo' }],
			{},
			{ credentials: { sahutApi: { apiKey: 'sk_live_secret', baseUrl } } },
		);

		expect(error?.message).toBe(`Sahut could not be reached at ${baseUrl} [item 0]`);
		expect(error?.description).toContain('Nothing was sent.');
		expect(error?.description).not.toContain(MAY_HAVE_ARRIVED);
	});

	it('because the server does not use TLS, the node does not retry, and the error states that nothing was sent', async () => {
		const { run } = await openWorkspace();
		const plain = await openPlainTextServer();
		const baseUrl = `https://127.0.0.1:${plain.port}/v1`;

		const { error } = await run(
			sendText,
			[{ conversation: CONVERSATION, text: 'Halo' }],
			{},
			{
				credentials: { sahutApi: { apiKey: 'sk_live_secret', baseUrl } },
			},
		);

		expect(error?.message).toMatch(
			/^n8n could not establish a secure connection to https:.* \(\w+\)/,
		);
		expect(error?.description).toContain('Nothing was sent.');
		expect(error?.description).not.toContain(MAY_HAVE_ARRIVED);
		expect(plain.connections()).toBe(1);
	});
});

describe('A read', () => {
	it.each<[string, FaultAction, string]>([
		['not JSON', { kind: 'notJson' }, 'has an unexpected format'],
		['JSON without data', { kind: 'body', body: { message: 'ok' } }, 'has an unexpected format'],
		['a page without a list', { kind: 'body', body: { data: null } }, 'has an unexpected format'],
	])('fails if the response is %s, and its error does not mention a write', async (...row) => {
		const [, fault, message] = row;
		const { conversation, sandbox, run } = await openConversation();
		sandbox.faults.add(fault);

		const { error } = await run(listMessages, [{ conversation }]);

		expect(error?.message).toContain(message);
		expect(error?.description).not.toContain(MAY_HAVE_ARRIVED);
	});

	it('fails without output if one of many pages fails', async () => {
		const { sandbox, run } = await openWorkspace();
		const { id } = sandbox.store.addConversation();
		sandbox.store.addMessages(id, 500);
		sandbox.faults.add({ kind: 'status', status: 403, skip: 3 });

		const { status, output } = await run(listMessages, [{ conversation: id }]);

		expect(status).toBe('error');
		expect(output('Sahut')).toEqual([]);
	});
});

it('The data of a failed execution do not contain the API key', async () => {
	const faults: FaultAction[] = [
		{ kind: 'status', status: 401 },
		{ kind: 'status', status: 500 },
		{ kind: 'dropAfter' },
		{ kind: 'notJson' },
		{ kind: 'slow', delayMs: 1_000 },
	];
	for (const fault of faults) {
		const { run, sandbox } = await sendUnder(fault);
		const seen = new Set();
		const json = JSON.stringify(run, (_, value: unknown) => {
			if (typeof value !== 'object' || value === null) return value;
			if (seen.has(value)) return undefined;
			seen.add(value);
			return value instanceof Error ? Object.getOwnPropertyDescriptors(value) : value;
		});
		expect(json).toContain('Halo');
		expect(json).not.toContain(sandbox.apiKey);
	}
});

describe('An API key that Sahut echoes', () => {
	const key = 'sk_live_a/b"c\\d%1';
	const forms = [key, `Bearer ${key}`, encodeURIComponent(key), JSON.stringify({ key })];

	/** Runs Message: List against a server that always gives the same response. */
	async function listWithResponse(status: number, body: unknown) {
		const baseUrl = await openServer((_, response) => {
			response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
		});
		const { run } = await openWorkspace();
		const credentials = { sahutApi: { apiKey: key, baseUrl } };
		const rows = [{ conversation: CONVERSATION, text: 'Halo' }];
		return await run(listMessages, rows, { onError: 'continueRegularOutput' }, { credentials });
	}

	const hasKey = (value: unknown) => /sk_live_|a%2Fb/.test(JSON.stringify(value));

	it.each(forms)('does not appear in an error: %s', async (form) => {
		const message = `Invalid key ${form}, sk_live_0123456789abcdef`;

		const { output } = await listWithResponse(403, { error: { code: form, message, status: 403 } });

		const { json } = output('Sahut')[0]!;
		expect(json.error).toMatchObject({ reason: 'forbidden' });
		expect(JSON.stringify(json.error)).toContain('Invalid key');
		expect(hasKey(json.error)).toBe(false);
	});

	it.each(forms)('does not appear in an item: %s', async (form) => {
		const record = {
			id: 'msg_1',
			content: `Kunci ${form}`,
			[form]: [form],
			other: 'sk_live_other',
		};

		const { output } = await listWithResponse(200, { data: [record], meta: { total: 1 } });

		const { json } = output('Sahut')[0]!;
		expect(json).toMatchObject({ id: 'msg_1', other: 'sk_live_other' });
		expect(hasKey({ ...json, other: '' })).toBe(false);
	});
});

describe('Half of an emoji', () => {
	it('in an ID is rejected without a request or a retry', async () => {
		const { run, requests } = await openWorkspace();
		const waits: number[] = [];
		overrideTransport({
			clock: { now: () => now(), sleep: async (ms) => void waits.push(ms) },
		});

		const { error } = await run(sendText, [{ conversation: 'conv_\ud83d', text: 'Halo' }]);

		expect(error!.context.reason).toBe('invalid_input');
		expect(error!.description).not.toContain(MAY_HAVE_ARRIVED);
		expect([requests(), waits]).toEqual([[], []]);
	});

	it('in a search of the editor is rejected without a request', async () => {
		const { credentials, requests } = await openWorkspace();

		const toRun = { ...sahutWorkflow(sendText), credentials };
		const search = searchList(toRun, 'searchContacts', 'Budi \ud83d');

		await expect(search).rejects.toThrow('contains half an emoji');
		expect(requests()).toEqual([]);
	});
});

it('The credential is decrypted once per run, not once per request', async () => {
	const { addConversations, run } = await openWorkspace();
	const rows = addConversations(8).map((conversation) => ({ conversation, text: 'Halo' }));

	const { credentialsDecrypted } = await run(sendText, rows);

	expect(credentialsDecrypted).toBe(1);
});

/** Returns the error of Node.js for a failed system call. */
const systemError = (syscall: string, code: string) =>
	Object.assign(new Error(`${syscall} ${code}`), { code, syscall });

afterEach(() => jest.restoreAllMocks());

it.each([
	['read', 'EHOSTUNREACH'],
	['write', 'ENETUNREACH'],
	['read', 'ENETDOWN'],
	['read', 'EADDRNOTAVAIL'],
])('A message that has arrived is not sent again after the system error %s %s', async (...row) => {
	const [syscall, code] = row;
	const { workspace, conversation } = await openConversation();
	const { faults, store } = workspace.sandbox;
	faults.add({ kind: 'slow', delayMs: 1_000, method: 'POST' });
	// The search of the first try fails, so that only the second try can find the message.
	faults.add({ kind: 'status', status: 403, method: 'GET' });
	const connect = jest.spyOn(net.Socket.prototype, 'connect');

	const running = workspace.run(sendText, [{ conversation, text: 'Halo' }], {
		retryOnFail: true,
		maxTries: 2,
		waitBetweenTries: 1,
	});
	await until(() => workspace.sent(conversation).length > 0);
	for (const socket of connect.mock.contexts as net.Socket[]) {
		socket.destroy(systemError(syscall, code));
	}
	const { output } = await running;

	expect(workspace.sent(conversation)).toEqual(['Halo']);
	expect(output('Sahut')[0]!.json.id).toBe(store.messages(conversation).at(-1)!.id);
});

it.each([
	['connect', 'EPERM'],
	['connect', 'EACCES'],
	['connect', 'EMFILE'],
	['connect', 'ENOBUFS'],
	['getaddrinfo', 'EAI_FAIL'],
])('A message is sent by the next attempt after the system error %s %s', async (...row) => {
	const { workspace, conversation } = await openConversation();
	const connect = jest.spyOn(net.Socket.prototype, 'connect');
	connect.mockImplementationOnce(function (this: net.Socket) {
		process.nextTick(() => this.destroy(systemError(...row)));
		return this;
	});

	const { status } = await workspace.run(sendText, [{ conversation, text: 'Halo' }]);

	expect(status).toBe('success');
	expect(workspace.requests()).toEqual([`POST /conversations/${conversation}/messages`]);
});
