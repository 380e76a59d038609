import { setTimeout as wait } from 'node:timers/promises';
import { openSandbox } from '../support/openSandbox';

test('answers 429 with whole seconds to wait once the window is used up', async () => {
	const { request, journal } = await openSandbox({ rateLimit: { requests: 2, windowMs: 2500 } });
	expect((await request('GET', '/contacts')).status).toBe(200);
	expect((await request('GET', '/contacts')).status).toBe(200);
	const { status, headers, body } = await request('GET', '/contacts');
	expect(status).toBe(429);
	expect(headers.get('retry-after')).toBe('3');
	expect(body.error).toEqual({ code: 'rate_limited', message: 'Too many requests', status: 429 });
	expect(journal.entries.map((entry) => entry.status)).toEqual([200, 200, 429]);
});

test('lets requests through again in the next window, and stores nothing before', async () => {
	const { request, store } = await openSandbox({
		data: 'empty',
		rateLimit: { requests: 1, windowMs: 300 },
	});
	expect((await request('POST', '/contacts', { name: 'Satu' })).status).toBe(201);
	expect((await request('POST', '/contacts', { name: 'Dua' })).headers.get('retry-after')).toBe(
		'1',
	);
	await wait(310);
	expect((await request('POST', '/contacts', { name: 'Tiga' })).status).toBe(201);
	expect([...store.contacts.values()].map(({ name }) => name)).toEqual(['Satu', 'Tiga']);
});

test('counts each key by itself', async () => {
	const { request } = await openSandbox({
		readOnlyApiKey: 'sk_live_reader',
		rateLimit: { requests: 1, windowMs: 60_000 },
	});
	const reader = { authorization: 'Bearer sk_live_reader' };
	expect((await request('GET', '/contacts')).status).toBe(200);
	expect((await request('GET', '/contacts', undefined, reader)).status).toBe(200);
	expect((await request('GET', '/contacts')).status).toBe(429);
});
