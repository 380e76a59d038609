import type { Fault, SandboxOptions } from '../../sandbox';
import { openSandbox, type OpenSandbox } from '../support/openSandbox';

const MAX_CLOSE_MS = 2_000;

/** Opens a sandbox with a fault and an empty conversation, which accepts texts. */
async function openWithFault(fault: Fault, options: SandboxOptions = {}) {
	const sandbox = await openSandbox({ data: 'empty', ...options });
	const { store } = sandbox;
	const { id } = store.addConversation({ channel: store.channelOfType('email') });
	sandbox.faults.add(fault);
	return {
		...sandbox,
		send: (content = 'Halo') =>
			sandbox.request('POST', `/conversations/${id}/messages`, { content }),
		sent: () => store.messages(id).map(({ content }) => content),
	};
}

const ERROR = { code: 'server_error', message: expect.any(String) as string };
const HTML = { 'content-type': expect.stringMatching('text/html') as string };
const RETRY_AFTER_DATE = 'Fri, 15 Mar 2024 08:30:00 GMT';

test.each<[Fault, isStored: boolean, response: object, headers?: object]>([
	[
		{ kind: 'status', status: 503, retryAfter: 7, message: 'Sibuk' },
		false,
		{ status: 503, body: { error: { ...ERROR, message: 'Sibuk', status: 503 } } },
		{ 'retry-after': '7' },
	],
	[
		{ kind: 'status', status: 429, retryAfter: RETRY_AFTER_DATE, code: 'slow_down' },
		false,
		{ status: 429, body: { error: { ...ERROR, code: 'slow_down', status: 429 } } },
		{ 'retry-after': RETRY_AFTER_DATE },
	],
	[
		{ kind: 'statusAfterStore', status: 502 },
		true,
		{ status: 502, body: { error: { ...ERROR, status: 502 } } },
	],
	[{ kind: 'notJson' }, true, { status: 200, body: expect.stringMatching(/^<!doctype/) }, HTML],
	[
		{ kind: 'notJson', status: 502, body: 'Bad gateway', contentType: 'text/plain' },
		true,
		{ status: 502, body: 'Bad gateway' },
		{ 'content-type': expect.stringMatching('text/plain') as string },
	],
	[{ kind: 'body', body: {} }, true, { status: 201, body: {} }],
	[{ kind: 'body', status: 200, body: null }, true, { status: 200, body: null }],
])(
	'the fault %j stores the message: %s, and responds with %j',
	async (...[fault, isStored, response, expectedHeaders]) => {
		const { send, sent, journal, faults } = await openWithFault(fault);

		const { headers, status, body } = await send();

		expect({ status, body }).toEqual(response);
		expect(Object.fromEntries(headers)).toMatchObject(expectedHeaders ?? {});
		expect(sent()).toEqual(isStored ? ['Halo'] : []);
		expect(journal.entries).toMatchObject([
			{ status, fault: fault.kind, body: { content: 'Halo' } },
		]);
		expect(faults.remaining()).toBe(0);
		expect((await send('Lagi')).status).toBe(201);
	},
);

test.each([
	['dropBefore', []],
	['dropAfter', ['Halo']],
] as const)('the fault %s closes the connection, with %j in the store', async (kind, stored) => {
	const { send, sent, journal } = await openWithFault({ kind });

	await expect(send()).rejects.toThrow('fetch failed');
	expect(sent()).toEqual(stored);
	expect(journal.entries).toMatchObject([{ fault: kind, body: { content: 'Halo' } }]);
	expect(journal.entries[0]?.status).toBeUndefined();
	expect(journal.entries[0]?.endedAt).toEqual(expect.any(Number));
});

test('the fault slow stores the message immediately, and delays the response', async () => {
	const { send, sent, journal } = await openWithFault({ kind: 'slow', delayMs: 300 });
	const startedAt = performance.now();
	const response = send();
	while (sent().length === 0) await new Promise(setImmediate);

	expect(performance.now() - startedAt).toBeLessThan(250);
	expect(journal.entries[0]).not.toHaveProperty('status');
	expect((await response).status).toBe(201);
	expect(performance.now() - startedAt).toBeGreaterThan(295);
	expect(journal.entries[0]).toMatchObject({ status: 201, fault: 'slow' });
});

test('a slow response for which the client did not wait has no status in the journal', async () => {
	const { url, faults, journal } = await openSandbox({ data: 'empty' });
	faults.add({ kind: 'slow', delayMs: 60_000 });

	const signal = AbortSignal.timeout(100);

	await expect(fetch(`${url}/contacts`, { signal })).rejects.toThrow();

	while (journal.entries[0]?.endedAt === undefined) await new Promise(setImmediate);

	expect(journal.entries[0].status).toBeUndefined();
});

/** Returns the arguments of a request. */
type Call = (sandbox: OpenSandbox) => [method: string, path: string, body?: unknown];

const CALLS: Record<string, Call> = {
	'a list of contacts': () => ['GET', '/contacts'],
	'a new contact': () => ['POST', '/contacts', { name: 'Budi' }],
	'an invalid request': () => ['POST', '/contacts', {}],
	'the deletion of a webhook': ({ store }) => [
		'DELETE',
		`/webhooks/${store.addWebhook({ url: 'https://example.com', events: [] }).id}`,
	],
	'an unknown path': () => ['GET', '/nothing'],
};

test.each(Object.entries(CALLS))('each fault applies to %s', async (_, call) => {
	const sandbox = await openSandbox({ data: 'empty' });
	const { request, faults } = sandbox;

	faults.add({ kind: 'status', status: 500 });
	faults.add({ kind: 'statusAfterStore', status: 504 });
	faults.add({ kind: 'notJson' });
	faults.add({ kind: 'body', body: { hello: 1 } });
	faults.add({ kind: 'slow', delayMs: 5 });

	expect((await request(...call(sandbox))).status).toBe(500);
	expect((await request(...call(sandbox))).status).toBe(504);
	expect((await request(...call(sandbox))).body).toMatch('<html>');
	expect((await request(...call(sandbox))).body).toEqual({ hello: 1 });

	await request(...call(sandbox));
	for (const kind of ['dropBefore', 'dropAfter'] as const) {
		faults.add({ kind });
		await expect(request(...call(sandbox))).rejects.toThrow('fetch failed');
	}

	expect(faults.remaining()).toBe(0);
});

test('a fault applies only to matching requests, after those to skip, and for the given number of times', async () => {
	const { request, faults } = await openSandbox({ data: 'empty' });
	faults.add({ method: 'GET', path: /^\/conv/g, skip: 1, times: 2, kind: 'status', status: 500 });
	faults.add({ path: '/contacts', kind: 'status', status: 503 });
	faults.add({ bodyContains: 'Pesanan 2', kind: 'status', status: 502, times: Infinity });

	const statusOf = async (call: string, body?: object) =>
		(await request(...(call.split(' ') as [string, string]), body)).status;

	for (const [call, status] of [
		['GET /conversations', 200],
		['GET /conversations', 500],
		['GET /contacts?q=a', 503],
		['POST /conversations', 400],
		['GET /conversations', 500],
		['GET /conversations', 200],
		['GET /contacts', 200],
	] as const) {
		expect([call, await statusOf(call, status === 400 ? {} : undefined)]).toEqual([call, status]);
	}
	for (const [name, status] of [
		['Pesanan 1', 201],
		['Pesanan 2', 502],
		['Pesanan 21', 502],
	] as const) {
		expect([name, await statusOf('POST /contacts', { name })]).toEqual([name, status]);
	}
	expect(faults.remaining()).toBe(Infinity);

	faults.clear();

	expect(faults.remaining()).toBe(0);
	expect(await statusOf('POST /contacts', { name: 'Pesanan 2' })).toBe(201);
});

test('a fault applies to the exact number of concurrent requests', async () => {
	const { send, sent } = await openWithFault({ kind: 'status', status: 500, skip: 3, times: 7 });

	const responses = await Promise.all(Array.from({ length: 30 }, () => send()));

	expect(responses.filter(({ status }) => status === 500)).toHaveLength(7);
	expect(sent()).toHaveLength(23);
});

test('the journal contains each request, and the highest number of requests in flight', async () => {
	const { apiKey, request, journal } = await openSandbox({ data: 'empty', latencyMs: 50 });
	const startedAt = performance.now();

	await Promise.all([1, 2, 3].map((page) => request('GET', `/contacts?page=${page}&q=a`)));

	expect(performance.now() - startedAt).toBeGreaterThan(45);

	await request('POST', '/contacts', '{"name": ');

	expect(journal.maxInFlight).toBe(3);

	const [first, second, third, last] = journal.entries;

	expect(first).toMatchObject({
		...{ method: 'GET', path: '/contacts', query: { page: '1', q: 'a' }, status: 200 },
		headers: { authorization: `Bearer ${apiKey}` },
	});
	expect(first!.body).toBeUndefined();
	expect(last).toMatchObject({ method: 'POST', query: {}, body: '{"name": ', status: 400 });

	const ends = [first, second, third].map((entry) => entry!.endedAt!);

	expect(last!.at).toBeGreaterThanOrEqual(Math.max(...ends));

	journal.clear();

	expect([journal.entries.length, journal.maxInFlight]).toEqual([0, 0]);
});

test('close ends idle connections and a slow response', async () => {
	const { send, sent, close } = await openWithFault({ kind: 'slow', delayMs: 60_000, skip: 1 });
	await send('Satu');
	const response = send('Dua').catch((error: unknown) => error);
	while (sent().length < 2) await new Promise(setImmediate);
	const startedAt = performance.now();

	await close();
	await response;

	expect(performance.now() - startedAt).toBeLessThan(MAX_CLOSE_MS);
});
