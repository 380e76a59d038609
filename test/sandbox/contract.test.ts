import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { EVENT_NAMES } from '../../sandbox/events';
import { openSandbox } from './openSandbox';

const FILE = join(__dirname, '../../docs/sahut-openapi.yaml');

const DOCUMENTED_CALLS = [
	'GET /conversations',
	'POST /conversations',
	'GET /conversations/{conversation_id}',
	'PUT /conversations/{conversation_id}',
	'GET /conversations/{conversation_id}/messages',
	'POST /conversations/{conversation_id}/messages',
	'GET /contacts',
	'POST /contacts',
	'GET /contacts/{contact_id}',
	'PUT /contacts/{contact_id}',
	'POST /webhooks',
	'DELETE /webhooks/{webhook_id}',
];

test('the OpenAPI file is valid 3.1 and describes the documented calls and events', async () => {
	const validator = new Validator();
	expect(await validator.validate(FILE)).toEqual({ valid: true });
	expect(validator.version).toBe('3.1');

	const { paths, servers, components } = validator.resolveRefs() as unknown as {
		paths: Record<string, Record<string, unknown>>;
		servers: unknown;
		components: { schemas: { WebhookEvent: { enum: string[] } } };
	};
	const calls = Object.entries(paths).flatMap(([path, operations]) =>
		Object.keys(operations)
			.filter((method) => method !== 'parameters')
			.map((method) => `${method.toUpperCase()} ${path}`),
	);
	expect(calls.sort()).toEqual([...DOCUMENTED_CALLS].sort());
	expect(servers).toEqual([{ url: 'https://api.sahut.id/v1' }]);
	expect([...components.schemas.WebhookEvent.enum].sort()).toEqual([...EVENT_NAMES].sort());
});

test('refuses a body field that is not documented, and names it', async () => {
	const { request, store } = await openSandbox();
	const [id] = store.conversations.keys();
	const stored = store.messages(id!).length;

	const { status, body } = await request('POST', `/conversations/${id}/messages`, {
		content: 'Halo',
		idempotency_key: '1',
	});

	expect(status).toBe(400);
	expect(body.error.message).toContain('"idempotency_key"');
	expect(store.messages(id!)).toHaveLength(stored);
});

test('refuses an undocumented field also inside the first message', async () => {
	const { request, store } = await openSandbox();
	const [contact_id] = store.contacts.keys();
	const [channel_id] = store.channels.keys();
	const message = { template_id: 'tmpl_follow_up', template_variables: { customer_name: 'Budi' } };
	const { status, body } = await request('POST', '/conversations', {
		contact_id,
		channel_id,
		message,
	});
	expect(status).toBe(400);
	expect(body.error.message).toContain('"template_variables"');
});

test('refuses a query parameter that is not documented', async () => {
	const { request } = await openSandbox();
	const { status, body } = await request('GET', '/conversations?contact_id=ct_1');
	expect(status).toBe(400);
	expect(body.error.message).toContain('"contact_id"');
});

test.each([
	['a number for a text', { content: 5 }],
	['a text for a boolean', { content: 'Halo', private: 'true' }],
	['an object as the value of a variable', { template_id: 't', template_variables: { a: {} } }],
	['neither text nor template', { private: true }],
	['a list', []],
	['no JSON', '{"content": '],
	['nothing', undefined],
])('refuses %s as a message with 400', async (_, message) => {
	const { request, store } = await openSandbox();
	const [id] = store.conversations.keys();
	const { status, body } = await request('POST', `/conversations/${id}/messages`, message);
	expect(status).toBe(400);
	expect(body.error.code).toBe('bad_request');
});

test('refuses a body that does not say it is JSON', async () => {
	const { request, store, journal } = await openSandbox();
	const [id] = store.conversations.keys();
	const { status, body } = await request('POST', `/conversations/${id}/messages`, 'content=Halo', {
		'content-type': 'application/x-www-form-urlencoded',
	});
	expect(status).toBe(400);
	expect(body.error.message).toContain('application/json');
	expect(journal.entries[0]?.body).toBe('content=Halo');
});

test('turns an answer that breaks the contract into a 500 that says how', async () => {
	const { request, store } = await openSandbox();
	const [conversation] = store.conversations.values();
	Object.assign(conversation!, { status: 'archived' });

	const { status, body } = await request('GET', `/conversations/${conversation!.id}`);

	expect(status).toBe(500);
	expect(body.error).toMatchObject({ code: 'server_error', status: 500 });
	expect(body.error.message).toMatch(/breaks the contract.*data\/status/);
});

test('turns an undocumented field in an answer into a 500', async () => {
	const { request, store } = await openSandbox();
	const [contact] = store.contacts.values();
	Object.assign(contact!, { birthday: '2000-01-01' });
	const { status, body } = await request('GET', `/contacts/${contact!.id}`);
	expect(status).toBe(500);
	expect(body.error.message).toContain('additional properties');
});

test('answers an unknown path with 404', async () => {
	const { request } = await openSandbox();
	const { status, body } = await request('GET', '/channels');
	expect(status).toBe(404);
	expect(body.error.code).toBe('not_found');
});

test.each(['/contacts/%zz', `/contacts/${'a'.repeat(2000)}`])(
	'answers a path that makes no sense in the documented envelope',
	async (path) => {
		const { request, journal } = await openSandbox();
		const { status, body } = await request('GET', path);
		expect(status).toBe(400);
		expect(body.error.code).toBe('bad_request');
		expect(journal.entries).toMatchObject([{ path, status: 400 }]);
	},
);
