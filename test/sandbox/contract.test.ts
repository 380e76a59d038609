import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { readContract } from '../../sandbox/contract';
import { EVENT_NAMES } from '../../sandbox/events';
import { openSandbox } from '../support/openSandbox';

const FILE = join(__dirname, '../../docs/sahut-openapi.yaml');

/** Method, path and success status of each call. */
const DOCUMENTED_CALLS = [
	'GET /conversations/{conversation_id}/messages 200',
	'POST /conversations/{conversation_id}/messages 201',
	'GET /conversations 200',
	'POST /conversations 201',
	'GET /conversations/{conversation_id} 200',
	'PUT /conversations/{conversation_id} 200',
	'GET /contacts 200',
	'POST /contacts 201',
	'GET /contacts/{contact_id} 200',
	'PUT /contacts/{contact_id} 200',
	'POST /webhooks 201',
	'DELETE /webhooks/{webhook_id} 204',
];

test('the OpenAPI file is valid 3.1 and describes the documented calls and events', async () => {
	const validator = new Validator();

	expect(await validator.validate(FILE)).toEqual({ valid: true });
	expect(validator.version).toBe('3.1');

	const { servers, components } = validator.specification as unknown as {
		servers: unknown;
		components: { schemas: { WebhookEvent: { enum: string[] } } };
	};

	expect(servers).toEqual([{ url: 'https://api.sahut.id/v1' }]);
	expect([...components.schemas.WebhookEvent.enum].sort()).toEqual([...EVENT_NAMES].sort());

	const calls = readContract().operations.map(({ method, path, responses }) => {
		const success = Object.keys(responses).filter((status) => status.startsWith('2'));
		return `${method} ${path} ${success}`;
	});

	expect(calls).toEqual(DOCUMENTED_CALLS);
});

test('responds to each documented call with its documented status', async () => {
	const { request, store } = await openSandbox({ data: 'empty' });
	const { id, contact, channel } = store.addConversation();
	store.addIncoming(id, 'Halo', undefined, [
		{ url: '/files/bukti-transfer.png', content_type: 'image/png', file_name: 'a.png' },
	]);
	const webhook = store.addWebhook({ url: 'https://example.com', events: ['message.created'] });
	const bodies: Record<string, object> = {
		'/conversations/{conversation_id}/messages': { content: 'Siap Kak' },
		'/conversations': { contact_id: contact.id, channel_id: channel.id },
		'/contacts': { name: 'Siti', phone: '+6281234567890', email: 'siti@example.com' },
		'/webhooks': { url: 'https://example.com', events: ['message.created'] },
	};
	for (const call of DOCUMENTED_CALLS) {
		const [method, path, status] = call.split(' ') as [string, string, string];
		const url = path
			.replace('{conversation_id}', id)
			.replace('{contact_id}', contact.id)
			.replace('{webhook_id}', webhook.id);
		const body = method === 'POST' ? bodies[path] : method === 'PUT' ? {} : undefined;
		expect([call, (await request(method, url, body)).status]).toEqual([call, Number(status)]);
	}
});

test.each([
	[{ status: 'archived' }, /breaks the contract.*data\/status/],
	[
		{ channel: { id: 'ch_1', type: 'email', name: 'Email', region: 'ID' } },
		/additional properties/,
	],
])(
	'replaces a response with %j by a 500 that states the violation of the contract',
	async (change, reason) => {
		const { request, store } = await openSandbox({ data: 'empty' });
		const conversation = Object.assign(store.addConversation(), change);

		const { status, body } = await request('GET', `/conversations/${conversation.id}`);

		expect(status).toBe(500);
		expect(body.error).toMatchObject({ code: 'server_error', status: 500 });
		expect(body.error.message).toMatch(reason);
	},
);
