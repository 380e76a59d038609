import type { Fault } from '../../sandbox';
import { openSandbox, type OpenSandbox } from '../support/openSandbox';

/** A sandbox with an open conversation whose messages are those that get sent. */
async function withConversation(...faults: Fault[]) {
	const sandbox = await openSandbox({ data: 'empty' });
	const [, email] = sandbox.store.channels.values();
	const { id } = sandbox.store.addConversation({ channel: email! });
	for (const fault of faults) sandbox.faults.add(fault);
	return {
		...sandbox,
		send: (content = 'Halo') =>
			sandbox.request('POST', `/conversations/${id}/messages`, { content }),
		sent: () => sandbox.store.messages(id).map(({ content }) => content),
	};
}

test('status: answers with the error and stores nothing', async () => {
	const { send, sent, journal, faults } = await withConversation({
		kind: 'status',
		status: 503,
		retryAfter: 7,
		message: 'Sedang sibuk',
	});
	const { status, headers, body } = await send();
	expect(status).toBe(503);
	expect(headers.get('retry-after')).toBe('7');
	expect(body).toEqual({ error: { code: 'server_error', message: 'Sedang sibuk', status: 503 } });
	expect(sent()).toEqual([]);
	expect(journal.entries).toMatchObject([{ status: 503, fault: 'status' }]);
	expect(faults.remaining()).toBe(0);
});

test('status: takes any Retry-After and code', async () => {
	const { send } = await withConversation({
		kind: 'status',
		status: 429,
		retryAfter: 'Fri, 15 Mar 2024 08:30:00 GMT',
		code: 'slow_down',
	});
	const { headers, body } = await send();
	expect(headers.get('retry-after')).toBe('Fri, 15 Mar 2024 08:30:00 GMT');
	expect(body.error.code).toBe('slow_down');
});

test('statusAfterStore: stores and then answers with the error', async () => {
	const { send, sent } = await withConversation({ kind: 'statusAfterStore', status: 502 });
	const { status, body } = await send();
	expect(status).toBe(502);
	expect(body.error).toMatchObject({ code: 'server_error', status: 502 });
	expect(sent()).toEqual(['Halo']);
});

test('slow: stores at once and answers late', async () => {
	const { send, sent, journal } = await withConversation({ kind: 'slow', delayMs: 300 });
	const startedAt = performance.now();
	const answer = send();
	while (sent().length === 0) await new Promise(setImmediate);
	expect(performance.now() - startedAt).toBeLessThan(250);
	expect(journal.entries[0]).not.toHaveProperty('status');

	expect((await answer).status).toBe(201);
	expect(performance.now() - startedAt).toBeGreaterThan(295);
	expect(journal.entries[0]).toMatchObject({ status: 201, fault: 'slow' });
});

test('slow: an answer that the client did not wait for has no status', async () => {
	const { url, apiKey, faults, journal } = await openSandbox();
	faults.add({ kind: 'slow', delayMs: 60_000 });
	await expect(
		fetch(`${url}/contacts`, {
			headers: { authorization: `Bearer ${apiKey}` },
			signal: AbortSignal.timeout(100),
		}),
	).rejects.toThrow();
	while (journal.entries[0]?.endedAt === undefined) await new Promise(setImmediate);
	expect(journal.entries[0].status).toBeUndefined();
});

test('dropBefore: cuts the connection and stores nothing', async () => {
	const { send, sent, journal } = await withConversation({ kind: 'dropBefore' });
	await expect(send()).rejects.toThrow('fetch failed');
	expect(sent()).toEqual([]);
	expect(journal.entries).toMatchObject([{ fault: 'dropBefore', body: { content: 'Halo' } }]);
	expect(journal.entries[0]?.status).toBeUndefined();
	expect(journal.entries[0]?.endedAt).toEqual(expect.any(Number));
});

test('dropAfter: stores and cuts the connection', async () => {
	const { send, sent, journal } = await withConversation({ kind: 'dropAfter' });
	await expect(send()).rejects.toThrow('fetch failed');
	expect(sent()).toEqual(['Halo']);
	expect(journal.entries[0]?.status).toBeUndefined();
	expect((await send('Lagi')).status).toBe(201);
});

test('notJson: stores and answers with a page', async () => {
	const { send, sent } = await withConversation(
		{ kind: 'notJson' },
		{ kind: 'notJson', status: 502, body: 'Bad gateway', contentType: 'text/plain' },
	);
	const page = await send('satu');
	expect(page.status).toBe(200);
	expect(page.headers.get('content-type')).toMatch('text/html');
	expect(page.body).toMatch(/^<!doctype html>/);
	const text = await send('dua');
	expect(text).toMatchObject({ status: 502, body: 'Bad gateway' });
	expect(text.headers.get('content-type')).toMatch('text/plain');
	expect(sent()).toEqual(['satu', 'dua']);
});

test('body: stores and answers with that JSON, under the status of the handler unless given', async () => {
	const { send, sent } = await withConversation(
		{ kind: 'body', body: {} },
		{ kind: 'body', status: 200, body: null },
	);
	expect(await send()).toMatchObject({ status: 201, body: {} });
	expect(await send()).toMatchObject({ status: 200, body: null });
	expect(sent()).toHaveLength(2);
});

type Call = (sandbox: OpenSandbox) => [method: string, path: string, body?: unknown];

const CALLS: Record<string, Call> = {
	'a list of contacts': () => ['GET', '/contacts'],
	'a new contact': () => ['POST', '/contacts', { name: 'Budi' }],
	'a deleted webhook': ({ store }) => [
		'DELETE',
		`/webhooks/${store.addWebhook({ url: 'https://example.com', events: [] }).id}`,
	],
	'an unknown path': () => ['GET', '/nothing'],
};

test.each(Object.entries(CALLS))('every fault hits %s', async (_, call) => {
	const sandbox = await openSandbox();
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

test('hits only the requests that match, after those to skip, as often as told', async () => {
	const { request, faults } = await openSandbox();
	faults.add({ method: 'GET', path: /^\/conv/g, skip: 1, times: 2, kind: 'status', status: 500 });
	faults.add({ path: '/contacts', kind: 'status', status: 503 });

	async function statuses(...paths: string[]): Promise<number[]> {
		const answers: number[] = [];
		for (const path of paths) answers.push((await request('GET', path)).status);
		return answers;
	}

	expect(faults.remaining()).toBe(3);
	expect(await statuses('/conversations', '/conversations', '/contacts?q=a')).toEqual([
		200, 500, 503,
	]);
	expect(faults.remaining()).toBe(1);
	expect((await request('POST', '/conversations', {})).status).toBe(400);
	expect(await statuses('/conversations', '/conversations', '/contacts')).toEqual([500, 200, 200]);
	expect(faults.remaining()).toBe(0);
});

test('counts exactly among concurrent requests', async () => {
	const { send, sent } = await withConversation({ kind: 'status', status: 500, skip: 3, times: 7 });
	const answers = await Promise.all(Array.from({ length: 30 }, () => send()));
	expect(answers.filter(({ status }) => status === 500)).toHaveLength(7);
	expect(sent()).toHaveLength(23);
});

test('goes on without end when told so, until cleared', async () => {
	const { send, faults } = await withConversation({ kind: 'status', status: 500, times: Infinity });
	for (let count = 0; count < 5; count++) expect((await send()).status).toBe(500);
	expect(faults.remaining()).toBe(Infinity);
	faults.clear();
	expect(faults.remaining()).toBe(0);
	expect((await send()).status).toBe(201);
});

test('hits also a request that would have been refused', async () => {
	const { request, faults } = await openSandbox();
	faults.add({ kind: 'status', status: 503 });
	const { status } = await request('GET', '/contacts', undefined, {
		authorization: 'Bearer wrong',
	});
	expect(status).toBe(503);
});

test('mentions: strikes the requests whose body has the text', async () => {
	const { send, sent, request } = await withConversation({
		kind: 'status',
		status: 503,
		mentions: 'Pesanan 2',
		times: Infinity,
	});
	expect((await request('GET', '/conversations')).status).toBe(200);
	for (const [text, status] of [
		['Pesanan 1 dikirim', 201],
		['Pesanan 2 dikirim', 503],
	] as const) {
		expect((await send(text)).status).toBe(status);
	}
	expect(sent()).toEqual(['Pesanan 1 dikirim']);
});
