import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { EVENT_NAMES } from '../../sandbox/events';
import { openSandbox } from '../support/openSandbox';

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

test.each([
	['a body', 'POST', '/contacts', { name: 'Budi', idempotency_key: '1' }, '"idempotency_key"'],
	[
		'a first message',
		'POST',
		'/conversations',
		{
			contact_id: 'ct_1',
			channel_id: 'ch_1',
			message: { content: 'Halo', template_variables: {} },
		},
		'"template_variables"',
	],
	['a query', 'GET', '/conversations?contact_id=ct_1', undefined, '"contact_id"'],
])(
	'refuses a field that is not documented in %s, and names it',
	async (_, method, path, sent, name) => {
		const { request, store } = await openSandbox({ data: 'empty' });
		const { status, body } = await request(method, path, sent);
		expect(status).toBe(400);
		expect(body.error.message).toContain(name);
		expect(store.contacts.size).toBe(0);
	},
);

test.each([
	[{ status: 'archived' }, /breaks the contract.*data\/status/],
	[
		{ channel: { id: 'ch_1', type: 'email', name: 'Email', region: 'ID' } },
		/additional properties/,
	],
])(
	'turns an answer with %j into a 500 that says how it breaks the contract',
	async (change, how) => {
		const { request, store } = await openSandbox();
		const [conversation] = store.conversations.values();
		Object.assign(conversation!, change);
		const { status, body } = await request('GET', `/conversations/${conversation!.id}`);
		expect(status).toBe(500);
		expect(body.error).toMatchObject({ code: 'server_error', status: 500 });
		expect(body.error.message).toMatch(how);
	},
);

test.each([
	['GET', '/conversations/conv_nope', 'Conversation not found'],
	['PUT', '/conversations/conv_nope', 'Conversation not found'],
	['GET', '/conversations/conv_nope/messages', 'Conversation not found'],
	['GET', '/contacts/ct_nope', 'Contact not found'],
	['PUT', '/contacts/ct_nope', 'Contact not found'],
	['GET', '/channels', 'No such endpoint: GET /v1/channels'],
])('answers %s %s with 404', async (method, path, message) => {
	const { request } = await openSandbox();
	const { status, body } = await request(method, path, method === 'PUT' ? {} : undefined);
	expect(status).toBe(404);
	expect(body).toEqual({ error: { code: 'not_found', message, status: 404 } });
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
