import { openSandbox } from '../support/openSandbox';

const READER = { authorization: 'Bearer sk_live_reader' };
const MESSAGES = 'POST /conversations/OPEN/messages';
const CONVERSATION = 'PUT /conversations/OPEN';
const WEBHOOK = { url: 'https://example.com/sahut', events: ['message.created'] };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

type Refusal = [
	problem: string,
	/** `OPEN` is the ID of a conversation that accepts texts, `STALE` of one that does not. */
	call: string,
	body: unknown,
	status: number,
	reason: string,
	headers?: Record<string, string>,
];

const REFUSALS: Refusal[] = [
	['a request without a key', 'GET /contacts', undefined, 401, 'Bearer', { authorization: '' }],
	['an unknown key', 'GET /contacts', undefined, 401, 'valid', { authorization: 'Bearer other' }],
	['another scheme', 'GET /contacts', undefined, 401, 'Bearer', { authorization: 'Basic other' }],
	['a bare key', 'GET /contacts', undefined, 401, 'Bearer', { authorization: 'sk_live_reader' }],
	[
		'an unknown key before an invalid body',
		'POST /contacts',
		{},
		401,
		'valid',
		{ authorization: 'Bearer other' },
	],
	['a write by a reader', 'POST /contacts', { name: 'Budi' }, 403, 'read-only', READER],

	[
		'a missing conversation',
		'GET /conversations/conv_no',
		undefined,
		404,
		'Conversation not found',
	],
	[
		'an update of a missing conversation',
		'PUT /conversations/conv_no',
		{},
		404,
		'Conversation not found',
	],
	[
		'the messages of a missing conversation',
		'GET /conversations/conv_no/messages',
		undefined,
		404,
		'Conversation not found',
	],
	['a missing contact', 'GET /contacts/ct_no', undefined, 404, 'Contact not found'],
	['an update of a missing contact', 'PUT /contacts/ct_no', {}, 404, 'Contact not found'],
	[
		'the deletion of a missing webhook',
		'DELETE /webhooks/wh_no',
		undefined,
		404,
		'Webhook not found',
	],
	['an unknown path', 'GET /channels', undefined, 404, 'No such endpoint: GET /v1/channels'],
	['an invalid path', 'GET /contacts/%zz', undefined, 400, '%zz'],
	['an ID that is too long', `GET /contacts/${'a'.repeat(2000)}`, undefined, 400, 'param length'],

	['page 0', 'GET /contacts?page=0', undefined, 400, 'page'],
	['a page that is not a number', 'GET /conversations?page=first', undefined, 400, 'page'],
	['a fraction as the page', 'GET /conversations?page=1.5', undefined, 400, 'page'],
	['an empty page', 'GET /conversations?page=', undefined, 400, 'page'],
	['two page parameters', 'GET /conversations?page=1&page=2', undefined, 400, 'page'],
	[
		'too many rows per page',
		'GET /conversations/OPEN/messages?per_page=101',
		undefined,
		400,
		'per_page',
	],
	['zero rows per page', 'GET /conversations?per_page=0', undefined, 400, 'per_page'],
	['an unknown status', 'GET /conversations?status=closed', undefined, 400, 'status'],
	['an undocumented filter', 'GET /conversations?contact_id=ct_1', undefined, 400, '"contact_id"'],

	['a number as the text', MESSAGES, { content: 5 }, 400, 'content'],
	['a text as a boolean', MESSAGES, { content: 'Halo', private: 'true' }, 400, 'private'],
	[
		'an object as a template value',
		MESSAGES,
		{ template_id: 't', template_variables: { a: {} } },
		400,
		'/a',
	],
	['a message without text and template', MESSAGES, { private: true }, 400, 'content'],
	['a list as the body', MESSAGES, [], 400, 'object'],
	['invalid JSON', MESSAGES, '{"content": ', 400, 'JSON'],
	['a message without a body', MESSAGES, undefined, 400, 'object'],
	['a form as the body', MESSAGES, 'content=Halo', 400, 'application/json', FORM],
	['an unknown template', MESSAGES, { template_id: 'tmpl_no' }, 422, 'Template not found'],
	[
		'a template without its values',
		MESSAGES,
		{ template_id: 'tmpl_invoice_due' },
		422,
		'"order_id", "total"',
	],
	['an empty text', MESSAGES, { content: '' }, 422, 'blank'],
	['a blank note', MESSAGES, { content: ' \n', private: true }, 422, 'blank'],
	[
		'a text after 24 hours',
		'POST /conversations/STALE/messages',
		{ content: 'Halo' },
		422,
		'24 hours',
	],

	['a contact without a name', 'POST /contacts', {}, 400, 'name'],
	['a phone that is not E.164', 'POST /contacts', { name: 'A', phone: '0812-3456' }, 400, 'phone'],
	['an invalid email', 'POST /contacts', { name: 'A', email: 'budi' }, 400, 'email'],
	['a blank name', 'POST /contacts', { name: ' ' }, 422, 'name'],
	['an undocumented field', 'POST /contacts', { name: 'A', key: '1' }, 400, '"key"'],

	['an unknown agent', CONVERSATION, { status: 'resolved', assignee_id: 'usr_no' }, 422, 'agent'],
	['an unknown status', CONVERSATION, { status: 'closed' }, 400, 'status'],

	[
		'a webhook without HTTPS',
		'POST /webhooks',
		{ ...WEBHOOK, url: 'http://example.com' },
		422,
		'HTTPS',
	],
	['a webhook without events', 'POST /webhooks', { ...WEBHOOK, events: [] }, 422, 'event'],
	[
		'an unknown event',
		'POST /webhooks',
		{ ...WEBHOOK, events: ['message.deleted'] },
		400,
		'events',
	],
	['a webhook without a URL', 'POST /webhooks', { events: WEBHOOK.events }, 400, 'url'],
	['an invalid webhook URL', 'POST /webhooks', { ...WEBHOOK, url: 'example' }, 400, 'url'],
];

/** Opens a sandbox with two conversations. `stored` returns a copy of all its records. */
async function openWorkspace() {
	const sandbox = await openSandbox({ data: 'empty', readOnlyApiKey: 'sk_live_reader' });
	const { store } = sandbox;
	const [open, stale] = [store.addConversation(), store.addConversation()];
	store.addIncoming(open.id, 'Halo');
	const stored = () =>
		structuredClone([
			[...store.contacts.values(), ...store.webhooks.values()],
			[...store.conversations.values()].map((each) => [each, store.messages(each.id)]),
		]);
	return { ...sandbox, stored, open, stale };
}

test.each(REFUSALS)(
	'rejects %s: %s with %j gets a %d',
	async (...[, call, sentBody, expected, reason, headers]: Refusal) => {
		const { request, journal, stored, open, stale } = await openWorkspace();
		const before = stored();
		const [method, path] = call.split(' ') as [string, string];
		const url = path.replace('OPEN', open.id).replace('STALE', stale.id);

		const { status, body } = await request(method, url, sentBody, headers);

		expect(body).toEqual({
			error: {
				code: expect.stringMatching(/^[a-z_]+$/),
				message: expect.stringContaining(reason),
				status: expected,
			},
		});
		expect(status).toBe(expected);
		expect(journal.entries).toMatchObject([{ method, path: url.split('?')[0], status }]);
		expect(stored()).toEqual(before);
	},
);

test.each([
	['an unknown contact', { contact_id: 'ct_nope' }, 422],
	['an unknown channel', { channel_id: 'ch_nope' }, 422],
	['an unknown assignee', { assignee_id: 'usr_nope' }, 422],
	['a blank first message', { message: { content: ' ' } }, 422],
	['free text as a first message on WhatsApp', { message: { content: 'Halo' } }, 422],
	['a template that lacks a value', { message: { template_id: 'tmpl_follow_up' } }, 422],
	['template values for a text', { message: { content: 'Halo', template_variables: {} } }, 400],
	['no contact', { contact_id: undefined }, 400],
])('rejects a new conversation with %s', async (_, change, expected) => {
	const { request, stored, stale } = await openWorkspace();
	const before = stored();
	const body = { contact_id: stale.contact.id, channel_id: stale.channel.id, ...change };

	expect((await request('POST', '/conversations', body)).status).toBe(expected);
	expect(stored()).toEqual(before);
});

test.each([
	[401, 'unauthorized', 'GET /contacts', { authorization: '' }],
	[403, 'forbidden', 'PUT /contacts/ct_1', READER],
	[404, 'not_found', 'GET /contacts/ct_1', {}],
	[400, 'bad_request', 'GET /contacts?page=0', {}],
	[422, 'validation_error', 'POST /contacts', {}],
])('a response with the status %d has the code %s', async (_, code, call, headers) => {
	const { request } = await openWorkspace();
	const [method, path] = call.split(' ') as [string, string];
	const sentBody = method === 'GET' ? undefined : { name: ' ' };

	expect((await request(method, path, sentBody, headers)).body.error.code).toBe(code);
});

test('a second key has the same permissions as the first one', async () => {
	const { request } = await openSandbox({ secondApiKey: 'sk_live_second' });
	const second = { authorization: 'Bearer sk_live_second' };

	expect((await request('GET', '/contacts', undefined, second)).status).toBe(200);
	expect((await request('POST', '/contacts', { name: 'Budi' }, second)).status).toBe(201);
});

test('the key in the options is accepted, and the read-only key can read', async () => {
	const { request } = await openSandbox({ apiKey: 'sk_mine', readOnlyApiKey: 'sk_live_reader' });

	expect((await request('GET', '/contacts')).status).toBe(200);
	expect((await request('GET', '/contacts', undefined, READER)).status).toBe(200);
});

test('a request above the rate limit of its key gets a 429 with a wait in whole seconds', async () => {
	const { request, store } = await openSandbox({
		data: 'empty',
		readOnlyApiKey: 'sk_live_reader',
		rateLimit: { requests: 1, windowMs: 1100 },
	});

	const add = async (name: string) => await request('POST', '/contacts', { name });

	expect((await add('Satu')).status).toBe(201);

	const rejected = await add('Dua');

	expect(rejected.body.error).toMatchObject({ code: 'rate_limited', status: 429 });
	expect(rejected.headers.get('retry-after')).toMatch(/^[12]$/);
	expect((await request('GET', '/contacts', undefined, READER)).status).toBe(200);

	while ((await add('Tiga')).status === 429) await new Promise(setImmediate);

	expect([...store.contacts.values()].map(({ name }) => name)).toEqual(['Satu', 'Tiga']);
});
