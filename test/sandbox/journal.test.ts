import { openSandbox } from '../support/openSandbox';

test('records each request with its answer, refused ones included', async () => {
	const { apiKey, request, journal, store } = await openSandbox();
	const [id] = store.conversations.keys();
	await request('GET', `/conversations/${id}/messages?page=2&per_page=10`);
	await request('POST', '/contacts', { name: 5 });
	await request('POST', '/contacts', '{"name": ');
	await request('GET', '/contacts', undefined, { authorization: 'Bearer wrong' });
	await request('GET', '/nothing');

	expect(journal.entries).toMatchObject([
		{
			method: 'GET',
			path: `/conversations/${id}/messages`,
			query: { page: '2', per_page: '10' },
			headers: { authorization: `Bearer ${apiKey}` },
			status: 200,
		},
		{ method: 'POST', path: '/contacts', query: {}, body: { name: 5 }, status: 400 },
		{ path: '/contacts', body: '{"name": ', status: 400 },
		{ path: '/contacts', status: 401 },
		{ path: '/nothing', status: 404 },
	]);
	expect(journal.entries[0]?.body).toBeUndefined();
	for (const { at, endedAt } of journal.entries) expect(endedAt).toBeGreaterThanOrEqual(at);
});

test('knows how many requests were in flight at once', async () => {
	const { request, journal } = await openSandbox({ latencyMs: 50 });
	await Promise.all([1, 2, 3].map((page) => request('GET', `/contacts?page=${page}`)));
	await request('GET', '/contacts');

	expect(journal.maxInFlight).toBe(3);
	const last = journal.entries[3];
	const others = journal.entries.slice(0, 3).map(({ endedAt }) => endedAt);
	expect(last?.at).toBeGreaterThanOrEqual(Math.max(...others.map(Number)));

	journal.clear();
	expect(journal.entries).toHaveLength(0);
	expect(journal.maxInFlight).toBe(0);
});

test('adds the latency to every answer', async () => {
	const { request } = await openSandbox({ latencyMs: 80 });
	const startedAt = performance.now();
	expect((await request('GET', '/nothing')).status).toBe(404);
	expect(performance.now() - startedAt).toBeGreaterThan(75);
});

test('close ends idle connections and an answer that is still waiting', async () => {
	const { request, journal, faults, close } = await openSandbox();
	await Promise.all([request('GET', '/contacts'), request('GET', '/contacts')]);
	faults.add({ kind: 'slow', delayMs: 60_000 });
	const answer = request('GET', '/contacts').catch((error: unknown) => error);
	while (journal.entries.length < 3) await new Promise(setImmediate);
	const startedAt = performance.now();
	await close();
	await answer;
	expect(performance.now() - startedAt).toBeLessThan(2000);
});
