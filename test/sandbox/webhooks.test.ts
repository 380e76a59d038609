import { openSandbox } from '../support/openSandbox';

test('creates a webhook with a secret of its own, and deletes it once', async () => {
	const { request, store } = await openSandbox();
	const { status, body } = await request('POST', '/webhooks', {
		url: 'https://example.com/sahut',
		events: ['message.created', 'contact.updated'],
	});
	expect(status).toBe(201);
	expect(body.data).toEqual({
		id: expect.stringMatching(/^wh_/),
		url: 'https://example.com/sahut',
		events: ['message.created', 'contact.updated'],
		secret: expect.stringMatching(/^whsec_/),
		created_at: expect.any(String),
	});
	expect(store.webhooks.size).toBe(1);

	const deleted = await request('DELETE', `/webhooks/${body.data.id}`);
	expect(deleted).toMatchObject({ status: 204, body: '' });
	expect(store.webhooks.size).toBe(0);
	const again = await request('DELETE', `/webhooks/${body.data.id}`);
	expect(again.body.error).toEqual({
		code: 'not_found',
		message: 'Webhook not found',
		status: 404,
	});
});

test('deletes also when the request says JSON and has no body', async () => {
	const { request, store } = await openSandbox();
	const { id } = store.addWebhook({ url: 'https://example.com', events: ['message.created'] });
	const json = { 'content-type': 'application/json' };
	expect((await request('DELETE', `/webhooks/${id}`, undefined, json)).status).toBe(204);
});

test.each([
	['an address that is not HTTPS', { url: 'http://example.com', events: ['message.created'] }, 422],
	['no events', { url: 'https://example.com', events: [] }, 422],
	['an unknown event', { url: 'https://example.com', events: ['message.deleted'] }, 400],
	['no address', { events: ['message.created'] }, 400],
	['an address that is none', { url: 'example', events: ['message.created'] }, 400],
])('refuses %s', async (_, webhook, expected) => {
	const { request, store } = await openSandbox();
	expect((await request('POST', '/webhooks', webhook)).status).toBe(expected);
	expect(store.webhooks.size).toBe(0);
});

test('takes plain HTTP to this machine', async () => {
	const { request } = await openSandbox();
	const webhook = { url: 'http://localhost:5678/webhook/1', events: ['message.created'] };
	expect((await request('POST', '/webhooks', webhook)).status).toBe(201);
});
