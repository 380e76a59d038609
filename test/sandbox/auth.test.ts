import { openSandbox } from '../support/openSandbox';

test.each([
	['no Authorization header', { authorization: '' }],
	['an unknown key', { authorization: 'Bearer sk_live_other' }],
	['another scheme', { authorization: 'Basic sk_live_sandbox' }],
	['a bare key', { authorization: 'sk_live_sandbox' }],
])('refuses %s with 401', async (_, headers) => {
	const { request } = await openSandbox();
	const { status, body } = await request('GET', '/contacts', undefined, headers);
	expect(status).toBe(401);
	expect(body).toEqual({
		error: { code: 'unauthorized', message: expect.any(String), status: 401 },
	});
});

test('looks at the key before it looks at the request', async () => {
	const { request } = await openSandbox();
	const { status } = await request('POST', '/contacts', {}, { authorization: 'Bearer wrong' });
	expect(status).toBe(401);
});

test('takes the key it was started with', async () => {
	const { request } = await openSandbox({ apiKey: 'sk_live_mine' });
	expect((await request('GET', '/contacts')).status).toBe(200);
});

test('lets the read-only key read and refuses its writes with 403', async () => {
	const { request, store } = await openSandbox({ readOnlyApiKey: 'sk_live_reader' });
	const reader = { authorization: 'Bearer sk_live_reader' };
	const contacts = store.contacts.size;

	expect((await request('GET', '/contacts', undefined, reader)).status).toBe(200);
	const refused = await request('POST', '/contacts', { name: 'Budi' }, reader);

	expect(refused.status).toBe(403);
	expect(refused.body.error.code).toBe('forbidden');
	expect(store.contacts.size).toBe(contacts);
});
