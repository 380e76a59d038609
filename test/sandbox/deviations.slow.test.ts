import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { AUTOMATION_BOT } from '../../sandbox/automation';
import { API_AGENT } from '../../sandbox/deviate/store';
import { DEVIATIONS, parseDeviations, type Deviation } from '../../sandbox/deviations';
import { openSandbox } from '../support/openSandbox';

const LONG_AGO = '2024-03-15T08:30:00Z';
const FAR_FUTURE = '2099-03-15T08:30:00Z';
const PHONE = '+628127770001';
/** The default delay of lists is 2 s. */
const AFTER_LIST_DELAY_MS = 2_100;

/** Opens a sandbox with one WhatsApp conversation, in which the customer has just written. */
async function openWith(...deviations: Deviation[]) {
	const sandbox = await openSandbox({ data: 'empty', deviations });
	const contact = sandbox.store.addContact({
		name: 'Budi Santoso',
		phone: PHONE,
		created_at: LONG_AGO,
	});
	const { id } = sandbox.store.addConversation({ contact, created_at: LONG_AGO });
	sandbox.store.addIncoming(id, 'Halo');
	const messages = `/conversations/${id}/messages`;
	return { ...sandbox, contact, conversation: `/conversations/${id}`, id, messages };
}

test('an unknown deviation is rejected with a list of the known ones', () => {
	expect(parseDeviations()).toEqual([]);
	expect(parseDeviations('missing-fields, no-meta')).toEqual(['missing-fields', 'no-meta']);
	expect(() => parseDeviations('missing-fields,nometa')).toThrow(
		/"nometa"[^]*no-meta +lists have no meta/,
	);
});

test('the README lists all deviations', () => {
	const readme = readFileSync(join(__dirname, '../../sandbox/README.md'), 'utf8');
	const [, section] = readme.split('\n## Deviations\n');

	const rows = section!.split('\n## ')[0]!.matchAll(/^\| `([\w-]+)`/gm);

	expect(Array.from(rows, ([, name]) => name)).toEqual(Object.keys(DEVIATIONS));
});

test('patch-only accepts updates with PATCH, and rejects PUT', async () => {
	const { request, conversation } = await openWith('patch-only');
	const changes = { status: 'resolved' };

	expect((await request('PUT', conversation, changes)).status).toBe(405);

	const changed = await request('PATCH', conversation, changes);

	expect(changed).toMatchObject({ status: 200, body: { data: changes } });
	expect((await request('PATCH', conversation, { mood: 'good' })).status).toBe(400);
});

test('PATCH does not exist without patch-only', async () => {
	const { request, conversation } = await openWith();

	expect((await request('PATCH', conversation, {})).status).toBe(404);
});

test('trimmed-texts trims texts and changes their line breaks', async () => {
	const { request, messages } = await openWith('trimmed-texts');

	const { body } = await request('POST', messages, { content: '  Halo\nKak \n' });

	expect(body.data.content).toBe('Halo\r\nKak');

	const contact = await request('POST', '/contacts', { name: ' Sari ' });

	expect(contact.body.data.name).toBe('Sari');
});

test('late-lists shows new records in lists after a delay', async () => {
	const { request, store, messages } = await openWith('late-lists');
	const content = 'Sudah dikirim';
	await request('POST', messages, { content });
	await request('POST', '/contacts', { name: 'Sari' });
	store.addConversation();

	const totals = async () =>
		await Promise.all(
			[messages, '/contacts', '/conversations'].map(
				async (path) => (await request('GET', path)).body.meta.total as number,
			),
		);

	expect(await totals()).toEqual([0, 1, 1]);

	await wait(AFTER_LIST_DELAY_MS);

	expect(await totals()).toEqual([2, 3, 2]);
});

test('listDelayMs sets the delay of late-lists and stale-lists', async () => {
	const deviations: Deviation[] = ['late-lists', 'stale-lists'];
	const { request, store } = await openSandbox({ data: 'empty', deviations, listDelayMs: 300 });
	const old = store.addConversation({ created_at: LONG_AGO });
	await request('PUT', `/conversations/${old.id}`, { status: 'resolved' });
	store.addConversation();

	const statuses = async () =>
		(await request('GET', '/conversations')).body.data.map(
			({ status }: { status: string }) => status,
		);

	expect(await statuses()).toEqual(['open']);

	await wait(400);

	expect(await statuses()).toEqual(['open', 'resolved']);
});

test('stale-lists shows the former state of records in lists until a delay has passed', async () => {
	const { request, store, conversation, id, contact } = await openWith('stale-lists');
	await wait(AFTER_LIST_DELAY_MS);
	const before = store.conversations.get(id)!.updated_at;
	await request('POST', `${conversation}/messages`, { content: 'Ya' });
	await request('PUT', conversation, { status: 'resolved' });
	await request('PUT', `/contacts/${contact.id}`, { phone: '+628127770009' });

	const fetchData = async (path: string) => (await request('GET', path)).body.data;

	expect(await fetchData('/conversations?status=resolved')).toEqual([]);
	expect(await fetchData('/conversations')).toMatchObject([{ status: 'open', updated_at: before }]);
	expect(await fetchData(conversation)).toMatchObject({ status: 'resolved' });
	expect(await fetchData('/contacts?q=7770009')).toEqual([]);
	expect(await fetchData('/contacts?q=7770001')).toMatchObject([{ phone: '+628127770001' }]);
	expect(await fetchData(`/contacts/${contact.id}`)).toMatchObject({ phone: '+628127770009' });

	await wait(AFTER_LIST_DELAY_MS);
	const [shown] = await fetchData('/conversations?status=resolved');

	expect(shown.updated_at > before).toBe(true);
	expect(await fetchData('/contacts?q=7770009')).toHaveLength(1);
});

test('stale-lists shows a record with a changed creation time in its current state', async () => {
	const { request, store, id } = await openWith('stale-lists');
	Object.assign(store.conversations.get(id)!, { created_at: '2024-03-14T08:30:00Z' });

	const { data } = (await request('GET', '/conversations')).body;

	expect(data[0].updated_at).toBe(store.conversations.get(id)!.updated_at);
});

test('missing-fields returns null for some fields, and omits others', async () => {
	const { request, store, id, conversation, messages, contact } = await openWith('missing-fields');
	const picture = { url: 'https://example.com/a.png', content_type: 'image/png', file_name: 'a' };
	store.addIncoming(id, '', new Date(), [picture]);
	const activity = { type: 'activity', content: 'Dibuka', sender: store.bot } as const;
	store.addMessage(id, { ...activity, attachments: [], created_at: FAR_FUTURE });

	const { data } = (await request('GET', messages)).body;

	expect(data).toMatchObject([
		{ content: 'Halo', attachments: null },
		{ content: null, attachments: [picture] },
		{ content: 'Dibuka', sender: null },
	]);

	const shown = (await request('GET', conversation)).body.data;

	expect(shown).toMatchObject({ labels: null, contact: { id: contact.id } });
	expect(shown).not.toHaveProperty('assignee');
	expect(shown.contact).not.toHaveProperty('phone');

	const shownContact = (await request('GET', `/contacts/${contact.id}`)).body.data;

	expect(Object.keys(shownContact)).toEqual(['id', 'name', 'phone', 'company', 'created_at']);
});

test('raw-phones stores and searches phone numbers as they were entered', async () => {
	const { request, store } = await openWith('raw-phones');
	for (const phone of ['0812-777-0002', '+62 812 777 0003']) {
		const { body } = await request('POST', '/contacts', { name: phone, phone });
		expect(body.data.phone).toBe(phone);
	}

	const searchPhones = async (q: string) =>
		(await request('GET', `/contacts?q=${encodeURIComponent(q)}`)).body.data.map(
			({ phone }: { phone: string }) => phone,
		);

	expect(await searchPhones('8127770002')).toEqual(['0812-777-0002']);
	expect(await searchPhones('812-7770003')).toEqual(['+62 812 777 0003']);
	expect(await searchPhones('+628127770003')).toEqual([]);
	expect(await searchPhones('+628127770001')).toEqual(['+628127770001']);
	expect(await searchPhones('budi')).toEqual(['+628127770001']);
	expect(store.contacts.size).toBe(3);
});

test('plain-records returns single records without data, but lists and errors as usual', async () => {
	const { request, conversation, messages, contact, id } = await openWith('plain-records');
	const url = 'https://example.com/sahut';

	const fetchBody = async (...call: Parameters<typeof request>) => (await request(...call)).body;

	expect(await fetchBody('GET', conversation)).toMatchObject({ id });
	expect(await fetchBody('PUT', conversation, { labels: [] })).toMatchObject({ id });
	expect(await fetchBody('PUT', `/contacts/${contact.id}`, {})).toMatchObject({ id: contact.id });
	expect(await fetchBody('POST', messages, { content: 'Ya' })).toMatchObject({ content: 'Ya' });
	expect(await fetchBody('POST', '/webhooks', { url, events: ['message.created'] })).toMatchObject({
		url,
	});
	expect(await fetchBody('GET', messages)).toMatchObject({ data: [{}, {}], meta: { total: 2 } });
	expect(await fetchBody('GET', '/contacts/ct_1')).toMatchObject({ error: { status: 404 } });
});

test('no-meta returns lists without meta', async () => {
	const { request, messages } = await openWith('no-meta');

	for (const path of [messages, '/contacts', '/conversations']) {
		expect(Object.keys((await request('GET', path)).body)).toEqual(['data']);
	}
});

test('other-statuses responds to POST and DELETE with 200', async () => {
	const { request, messages, store } = await openWith('other-statuses');

	expect(await request('POST', messages, { content: 'Ya' })).toMatchObject({
		status: 200,
		body: { data: { content: 'Ya' } },
	});

	const { id } = store.addWebhook({ url: 'https://example.com', events: [] });
	const deleted = await request('DELETE', `/webhooks/${id}`);

	expect(deleted).toMatchObject({ status: 200, body: { data: {} } });
});

test('milliseconds adds milliseconds to all times', async () => {
	const { request, messages, contact } = await openWith('milliseconds');
	const before = Date.now();

	const { created_at } = (await request('POST', messages, { content: 'Ya' })).body.data;

	expect(created_at).toMatch(/:\d\d\.\d{3}Z$/);
	expect(Date.parse(created_at)).toBeGreaterThanOrEqual(before);

	const { body } = await request('GET', `/contacts/${contact.id}`);

	expect(body.data.created_at).toBe('2024-03-15T08:30:00.000Z');
});

test('oldest-first orders conversations and contacts by creation, and does not affect messages', async () => {
	const { request, store, id, contact, messages } = await openWith('oldest-first');
	const newer = store.addConversation({ created_at: FAR_FUTURE });

	const ids = async (path: string) =>
		(await request('GET', path)).body.data.map((row: { id: string }) => row.id);

	expect(await ids('/conversations')).toEqual([id, newer.id]);
	expect(await ids('/conversations?per_page=1&page=2')).toEqual([newer.id]);
	expect(await ids('/contacts')).toEqual([contact.id, newer.contact.id]);

	store.addIncoming(id, 'Halo lagi');

	expect(await ids(messages)).toEqual(store.messages(id).map((message) => message.id));
});

test('sent-by-agent returns an agent as the sender of API messages', async () => {
	const { request, messages, store } = await openWith('sent-by-agent');

	const { body } = await request('POST', messages, { content: 'Ya' });

	expect(body.data.sender).toEqual(API_AGENT);
	expect([...store.agents.keys()]).not.toContain(API_AGENT.id);
});

test('hidden-values returns the name of a template instead of its text', async () => {
	const { request, messages } = await openWith('hidden-values');
	const template = { template_id: 'tmpl_follow_up', template_variables: { customer_name: 'Budi' } };

	const { body } = await request('POST', messages, template);

	expect(body.data.content).toBe('follow_up');
});

test.each([
	['attributes-replaced', { kota: 'Solo' }],
	['attributes-merged', { kota: 'Solo', poin: 5 }],
] as const)(
	'with %s, a contact has these custom attributes after an update: %j',
	async (deviation, expected) => {
		const { request, store } = await openWith(deviation);
		const { id } = store.addContact({ custom_attributes: { kota: 'Bandung', poin: 5 } });
		const changes = { custom_attributes: { kota: 'Solo' } };

		const { body } = await request('PUT', `/contacts/${id}`, changes);

		expect(body.data.custom_attributes).toEqual(expected);
		expect(store.contacts.get(id)!.custom_attributes).toEqual(expected);
	},
);

test('exact-search finds a contact only by its complete name or phone number', async () => {
	const { request } = await openWith('exact-search');

	const total = async (q: string) =>
		(await request('GET', `/contacts?q=${encodeURIComponent(q)}`)).body.meta.total;

	expect(await total('budi santoso')).toBe(1);
	expect(await total('+628127770001')).toBe(1);
	expect(await total('budi')).toBe(0);
	expect(await total('8127770001')).toBe(0);
});

test('unique-phones rejects a phone number of another contact', async () => {
	const { request, store, contact } = await openWith('unique-phones');
	const other = store.addContact({ phone: '+628127770002' });
	const taken = {
		status: 422,
		body: { error: { code: 'validation_error', message: 'phone has already been taken' } },
	};
	const budi = { name: 'Budi', phone: '+628127770001' };

	expect(await request('POST', '/contacts', budi)).toMatchObject(taken);
	expect(await request('PUT', `/contacts/${other.id}`, budi)).toMatchObject(taken);
	expect((await request('PUT', `/contacts/${contact.id}`, budi)).status).toBe(200);
	expect((await request('POST', '/contacts', { name: 'Sari' })).status).toBe(201);
	expect((await request('POST', '/contacts', { name: 'Tono' })).status).toBe(201);
	expect(store.contacts.size).toBe(4);
});

test('existing-conversations returns the latest conversation instead of creating another one', async () => {
	const { request, store, contact, id } = await openWith('existing-conversations');
	const { channel } = store.conversations.get(id)!;
	const resolved = store.addConversation({ contact, channel, status: 'resolved' });
	store.addIncoming(resolved.id, 'Terima kasih', new Date(Date.now() + 5_000));
	const agent = [...store.agents.keys()][0];

	const create = async (channel_id: string, fields = {}) =>
		await request('POST', '/conversations', { contact_id: contact.id, channel_id, ...fields });

	expect(await create(channel.id, { assignee_id: agent })).toMatchObject({
		status: 200,
		body: { data: { id: resolved.id, status: 'resolved', assignee: null } },
	});
	expect((await create(channel.id, { message: { content: 'Halo' } })).status).toBe(200);
	expect(store.messages(resolved.id).at(-2)).toMatchObject({ type: 'outgoing', content: 'Halo' });
	expect(store.conversations.size).toBe(2);

	const email = store.channelOfType('email').id;
	const created = await create(email);

	expect(created.status).toBe(201);
	expect((await create(email)).body.data.id).toBe(created.body.data.id);
	expect(store.conversations.size).toBe(3);
});

test.each([
	['open', 201],
	['pending', 201],
	['snoozed', 422],
	['resolved', 422],
] as const)(
	'open-only responds to a message into a %s conversation with status %i',
	async (conversationStatus, expected) => {
		const { request, store, id, messages } = await openWith('open-only');
		store.updateConversation(store.conversations.get(id)!, { status: conversationStatus });

		const { status, body } = await request('POST', messages, { content: 'Ya' });

		const isRefused = expected === 422;
		const message = isRefused ? `The conversation is ${conversationStatus}` : undefined;
		expect(status).toBe(expected);
		expect(store.messages(id)).toHaveLength(isRefused ? 1 : 2);
		expect(body.error?.message).toEqual(message && expect.stringContaining(message));
	},
);

test('full-rows shows custom attributes in lists of contacts', async () => {
	const { request, contact } = await openWith('full-rows');
	Object.assign(contact, { custom_attributes: { kota: 'Bandung' } });

	const { body } = await request('GET', '/contacts?q=budi');

	expect(body.data).toMatchObject([{ custom_attributes: { kota: 'Bandung' } }]);
});

test.each([
	['poin', 'number', '12', 12],
	['kota', 'text', 12, '12'],
	['member', 'checkbox', 'true', true],
	['ulang_tahun', 'date', 'besok', '2024-03-15'],
] as const)('typed-attributes accepts for %s only a %s', async (key, type, rejected, accepted) => {
	const { request, store, contact } = await openWith('typed-attributes');
	store.attributeTypes.set(key, type);

	const put = async (value: unknown) =>
		await request('PUT', `/contacts/${contact.id}`, { custom_attributes: { [key]: value, a: 1 } });

	expect(await put(rejected)).toMatchObject({
		status: 422,
		body: { error: { message: `custom_attributes.${key} must be a ${type}` } },
	});
	expect(await put(null)).toMatchObject({ status: 200 });
	expect(await put(accepted)).toMatchObject({
		status: 200,
		body: { data: { custom_attributes: { [key]: accepted, a: 1 } } },
	});
});

test('converted-attributes converts values to the type of their attribute', async () => {
	const { request, store } = await openWith('converted-attributes');
	store.attributeTypes
		.set('poin', 'number')
		.set('kode', 'text')
		.set('member', 'checkbox')
		.set('ulang_tahun', 'date');
	const given = { poin: '12', kode: 7, member: 'true', ulang_tahun: '2024-03-15', lain: '5' };

	const { body } = await request('POST', '/contacts', { name: 'Sari', custom_attributes: given });

	expect(body.data.custom_attributes).toEqual({
		poin: 12,
		kode: '7',
		member: true,
		ulang_tahun: '2024-03-15T00:00:00Z',
		lain: '5',
	});
});

test('typed-attributes with converted-attributes rejects only values that cannot be converted', async () => {
	const { request, store, contact } = await openWith('typed-attributes', 'converted-attributes');
	store.attributeTypes.set('poin', 'number');

	const put = async (poin: string) =>
		await request('PUT', `/contacts/${contact.id}`, { custom_attributes: { poin } });

	expect((await put('12')).status).toBe(200);
	expect((await put('dua belas')).status).toBe(422);
	expect(contact.custom_attributes).toEqual({ poin: 12 });
});

test.each([
	[422, 'with window-per-conversation', ['window-per-conversation']],
	[201, 'by default', []],
] as const)(
	'a text into another conversation with the same customer gets a %i %s',
	async (status, _, deviations) => {
		const { request, store, contact, id, messages } = await openWith(...deviations);
		const { channel } = store.conversations.get(id)!;
		const other = store.addConversation({ contact, channel });
		const text = { content: 'Ya' };
		const opening = { contact_id: contact.id, channel_id: channel.id, message: text };

		expect((await request('POST', messages, text)).status).toBe(201);
		expect((await request('POST', `/conversations/${other.id}/messages`, text)).status).toBe(
			status,
		);
		expect((await request('POST', '/conversations', opening)).status).toBe(status);
	},
);

test('auto-reply adds a message of another bot before each API message', async () => {
	const { request, store, id, messages } = await openWith('auto-reply');

	await request('POST', messages, { content: 'Ya' });

	expect(store.messages(id)).toMatchObject([
		{ type: 'incoming', content: 'Halo' },
		{ type: 'outgoing', sender: AUTOMATION_BOT },
		{ type: 'outgoing', content: 'Ya', sender: store.bot },
	]);
});

test('rules updates conversations and sends replies after events', async () => {
	const { request, store, contact, id, messages } = await openWith('rules');
	const [agent] = store.agents.values();
	const channel_id = store.channelOfType('email').id;

	const opened = await request('POST', '/conversations', { contact_id: contact.id, channel_id });

	expect(opened.body.data).toMatchObject({ status: 'open', labels: ['baru'], assignee: agent });

	await request('POST', messages, { content: 'Ya' });

	expect(store.messages(id)).toMatchObject([
		{ content: 'Halo' },
		{ content: 'Ya', sender: store.bot },
		{ type: 'outgoing', sender: AUTOMATION_BOT },
	]);
	expect(store.conversations.get(id)).toMatchObject({ status: 'resolved', labels: ['baru'] });

	const by = `/conversations/${opened.body.data.id}`;
	const resolved = await request('PUT', by, { status: 'resolved' });

	expect(resolved.body.data.labels).toEqual(['baru', 'selesai']);
});
