import { openSandbox } from '../support/openSandbox';

const READER = { authorization: 'Bearer sk_live_reader' };
const MESSAGES = 'POST /conversations/OPEN/messages';
const CONVERSATION = 'PUT /conversations/OPEN';
const WEBHOOK = { url: 'https://example.com/sahut', events: ['message.created'] };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

type Refusal = [
	what: string,
	/** `OPEN` stands for a conversation that takes free text, `STALE` for one that does not. */
	call: string,
	body: unknown,
	status: number,
	reason: string,
	headers?: Record<string, string>,
];

const REFUSALS: Refusal[] = [
	['no key', 'GET /contacts', undefined, 401, 'Bearer', { authorization: '' }],
	['an unknown key', 'GET /contacts', undefined, 401, 'valid', { authorization: 'Bearer other' }],
	['another scheme', 'GET /contacts', undefined, 401, 'Bearer', { authorization: 'Basic other' }],
	['a bare key', 'GET /contacts', undefined, 401, 'Bearer', { authorization: 'sk_live_reader' }],
	['a key before the body', 'POST /contacts', {}, 401, 'valid', { authorization: 'Bearer other' }],
	['a write by a reader', 'POST /contacts', { name: 'Budi' }, 403, 'read-only', READER],

	['one that is not there', 'GET /conversations/conv_no', undefined, 404, 'Conversation not found'],
	['one that is not there', 'PUT /conversations/conv_no', {}, 404, 'Conversation not found'],
	['no thread', 'GET /conversations/conv_no/messages', undefined, 404, 'Conversation not found'],
	['one that is not there', 'GET /contacts/ct_no', undefined, 404, 'Contact not found'],
	['one that is not there', 'PUT /contacts/ct_no', {}, 404, 'Contact not found'],
	['one that is not there', 'DELETE /webhooks/wh_no', undefined, 404, 'Webhook not found'],
	['another path', 'GET /channels', undefined, 404, 'No such endpoint: GET /v1/channels'],
	['what is no path', 'GET /contacts/%zz', undefined, 400, '%zz'],
	['an endless ID', `GET /contacts/${'a'.repeat(2000)}`, undefined, 400, 'param length'],

	['page 0', 'GET /contacts?page=0', undefined, 400, 'page'],
	['a page that is no number', 'GET /conversations?page=first', undefined, 400, 'page'],
	['half a page', 'GET /conversations?page=1.5', undefined, 400, 'page'],
	['no page', 'GET /conversations?page=', undefined, 400, 'page'],
	['two pages', 'GET /conversations?page=1&page=2', undefined, 400, 'page'],
	['too many rows', 'GET /conversations/OPEN/messages?per_page=101', undefined, 400, 'per_page'],
	['no rows', 'GET /conversations?per_page=0', undefined, 400, 'per_page'],
	['an unknown status', 'GET /conversations?status=closed', undefined, 400, 'status'],
	['an undocumented filter', 'GET /conversations?contact_id=ct_1', undefined, 400, '"contact_id"'],

	['a number for a text', MESSAGES, { content: 5 }, 400, 'content'],
	['a text for a boolean', MESSAGES, { content: 'Halo', private: 'true' }, 400, 'private'],
	[
		'an object as a value',
		MESSAGES,
		{ template_id: 't', template_variables: { a: {} } },
		400,
		'/a',
	],
	['neither text nor template', MESSAGES, { private: true }, 400, 'content'],
	['a list', MESSAGES, [], 400, 'object'],
	['no JSON', MESSAGES, '{"content": ', 400, 'JSON'],
	['nothing', MESSAGES, undefined, 400, 'object'],
	['a form', MESSAGES, 'content=Halo', 400, 'application/json', FORM],
	['an unknown template', MESSAGES, { template_id: 'tmpl_no' }, 422, 'Template not found'],
	['no value', MESSAGES, { template_id: 'tmpl_invoice_due' }, 422, '"order_id", "total"'],
	['an empty text', MESSAGES, { content: '' }, 422, 'blank'],
	['a blank note', MESSAGES, { content: ' \n', private: true }, 422, 'blank'],
	['a late text', 'POST /conversations/STALE/messages', { content: 'Halo' }, 422, '24 hours'],

	['no name', 'POST /contacts', {}, 400, 'name'],
	['a phone that is not E.164', 'POST /contacts', { name: 'A', phone: '0812-3456' }, 400, 'phone'],
	['an email that is none', 'POST /contacts', { name: 'A', email: 'budi' }, 400, 'email'],
	['a blank name', 'POST /contacts', { name: ' ' }, 422, 'name'],
	['an undocumented field', 'POST /contacts', { name: 'A', key: '1' }, 400, '"key"'],

	['an unknown agent', CONVERSATION, { status: 'resolved', assignee_id: 'usr_no' }, 422, 'agent'],
	['an unknown status', CONVERSATION, { status: 'closed' }, 400, 'status'],

	['no HTTPS', 'POST /webhooks', { ...WEBHOOK, url: 'http://example.com' }, 422, 'HTTPS'],
	['no events', 'POST /webhooks', { ...WEBHOOK, events: [] }, 422, 'event'],
	[
		'an unknown event',
		'POST /webhooks',
		{ ...WEBHOOK, events: ['message.deleted'] },
		400,
		'events',
	],
	['no address', 'POST /webhooks', { events: WEBHOOK.events }, 400, 'url'],
	['an address that is none', 'POST /webhooks', { ...WEBHOOK, url: 'example' }, 400, 'url'],
];

/** A sandbox with two conversations, and what is in it. */
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
	'refuses %s: %s %j with %d',
	async (...[, call, sent, expected, reason, headers]: Refusal) => {
		const { request, journal, stored, open, stale } = await openWorkspace();
		const before = stored();
		const [method, path] = call.split(' ') as [string, string];
		const to = path.replace('OPEN', open.id).replace('STALE', stale.id);

		const { status, body } = await request(method, to, sent, headers);

		expect(body).toEqual({
			error: {
				code: expect.stringMatching(/^[a-z_]+$/),
				message: expect.stringContaining(reason),
				status: expected,
			},
		});
		expect(status).toBe(expected);
		expect(journal.entries).toMatchObject([{ method, path: to.split('?')[0], status }]);
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
	['values', { message: { content: 'Halo', template_variables: {} } }, 400],
	['no contact', { contact_id: undefined }, 400],
])('refuses a new conversation with %s', async (_, change, expected) => {
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
])('a %d has the code %s', async (_, code, call, headers) => {
	const { request } = await openWorkspace();
	const [method, path] = call.split(' ') as [string, string];
	const sent = method === 'GET' ? undefined : { name: ' ' };

	expect((await request(method, path, sent, headers)).body.error.code).toBe(code);
});

test('a second key may do all that the first one may', async () => {
	const { request } = await openSandbox({ secondApiKey: 'sk_live_second' });
	const second = { authorization: 'Bearer sk_live_second' };

	expect((await request('GET', '/contacts', undefined, second)).status).toBe(200);
	expect((await request('POST', '/contacts', { name: 'Budi' }, second)).status).toBe(201);
});

test('takes the key it was started with, and lets the read-only one read', async () => {
	const { request } = await openSandbox({ apiKey: 'sk_mine', readOnlyApiKey: 'sk_live_reader' });

	expect((await request('GET', '/contacts')).status).toBe(200);
	expect((await request('GET', '/contacts', undefined, READER)).status).toBe(200);
});

test('over the rate limit of a key answers 429 with whole seconds to wait, until the next window', async () => {
	const { request, store } = await openSandbox({
		data: 'empty',
		readOnlyApiKey: 'sk_live_reader',
		rateLimit: { requests: 1, windowMs: 1100 },
	});

	const add = async (name: string) => await request('POST', '/contacts', { name });

	expect((await add('Satu')).status).toBe(201);

	const refused = await add('Dua');

	expect(refused.body.error).toMatchObject({ code: 'rate_limited', status: 429 });
	expect(refused.headers.get('retry-after')).toMatch(/^[12]$/);
	expect((await request('GET', '/contacts', undefined, READER)).status).toBe(200);

	while ((await add('Tiga')).status === 429) await new Promise(setImmediate);

	expect([...store.contacts.values()].map(({ name }) => name)).toEqual(['Satu', 'Tiga']);
});
