import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import { AUTOMATION_BOT } from '../../sandbox/automation';
import { API_AGENT } from '../../sandbox/deviate/store';
import { DEVIATIONS, parseDeviations, type Deviation } from '../../sandbox/deviations';
import { openSandbox } from '../support/openSandbox';

const LONG_AGO = '2024-03-15T08:30:00Z';

/** A sandbox with one conversation on WhatsApp, whose customer has just written. */
async function openWith(...deviations: Deviation[]) {
	const sandbox = await openSandbox({ data: 'empty', deviations });
	const contact = sandbox.store.addContact({
		name: 'Budi Santoso',
		phone: '+628127770001',
		created_at: LONG_AGO,
	});
	const { id } = sandbox.store.addConversation({ contact, created_at: LONG_AGO });
	sandbox.store.addIncoming(id, 'Halo');
	const messages = `/conversations/${id}/messages`;
	return { ...sandbox, contact, conversation: `/conversations/${id}`, id, messages };
}

test('refuses a deviation that there is not, and lists the others', () => {
	expect(parseDeviations()).toEqual([]);
	expect(parseDeviations('holes, no-meta')).toEqual(['holes', 'no-meta']);
	expect(() => parseDeviations('holes,nometa')).toThrow(/"nometa"[^]*no-meta +lists have no meta/);
});

test('the README has them all', () => {
	const readme = readFileSync(join(__dirname, '../../sandbox/README.md'), 'utf8');
	const [, section] = readme.split('\n## Deviations\n');

	const rows = section!.split('\n## ')[0]!.matchAll(/^\| `([\w-]+)`/gm);

	expect(Array.from(rows, ([, name]) => name)).toEqual(Object.keys(DEVIATIONS));
});

test('patch-only', async () => {
	const { request, conversation } = await openWith('patch-only');
	const changes = { status: 'resolved' };

	expect((await request('PUT', conversation, changes)).status).toBe(405);

	const changed = await request('PATCH', conversation, changes);

	expect(changed).toMatchObject({ status: 200, body: { data: changes } });
	expect((await request('PATCH', conversation, { mood: 'good' })).status).toBe(400);
	expect(
		(await openWith().then((other) => other.request('PATCH', other.conversation, {}))).status,
	).toBe(404);
});

test('trimmed-texts', async () => {
	const { request, messages } = await openWith('trimmed-texts');

	const { body } = await request('POST', messages, { content: '  Halo\nKak \n' });

	expect(body.data.content).toBe('Halo\r\nKak');

	const contact = await request('POST', '/contacts', { name: ' Sari ' });

	expect(contact.body.data.name).toBe('Sari');
});

test('late-lists', async () => {
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

	await wait(2_100);

	expect(await totals()).toEqual([2, 3, 2]);
});

test('listDelayMs sets how long late-lists and stale-lists delay', async () => {
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

test('stale-lists', async () => {
	const { request, store, conversation, id, contact } = await openWith('stale-lists');
	await wait(2_100);
	const before = store.conversations.get(id)!.updated_at;
	await request('POST', `${conversation}/messages`, { content: 'Ya' });
	await request('PUT', conversation, { status: 'resolved' });
	await request('PUT', `/contacts/${contact.id}`, { phone: '+628127770009' });

	const found = async (path: string) => (await request('GET', path)).body.data;

	expect(await found('/conversations?status=resolved')).toEqual([]);
	expect(await found('/conversations')).toMatchObject([{ status: 'open', updated_at: before }]);
	expect(await found(conversation)).toMatchObject({ status: 'resolved' });
	expect(await found('/contacts?q=7770009')).toEqual([]);
	expect(await found('/contacts?q=7770001')).toMatchObject([{ phone: '+628127770001' }]);
	expect(await found(`/contacts/${contact.id}`)).toMatchObject({ phone: '+628127770009' });

	await wait(2_100);
	const [shown] = await found('/conversations?status=resolved');

	expect(shown.updated_at > before).toBe(true);
	expect(await found('/contacts?q=7770009')).toHaveLength(1);
});

test('stale-lists shows a record that was dated by hand as it is', async () => {
	const { request, store, id } = await openWith('stale-lists');
	Object.assign(store.conversations.get(id)!, { created_at: '2024-03-14T08:30:00Z' });

	const { data } = (await request('GET', '/conversations')).body;

	expect(data[0].updated_at).toBe(store.conversations.get(id)!.updated_at);
});

test('holes', async () => {
	const { request, store, id, conversation, messages, contact } = await openWith('holes');
	const picture = { url: 'https://example.com/a.png', content_type: 'image/png', file_name: 'a' };
	store.addIncoming(id, '', new Date(), [picture]);
	const activity = { type: 'activity', content: 'Dibuka', sender: store.bot } as const;
	store.addMessage(id, { ...activity, attachments: [], created_at: '2099-03-15T08:30:00Z' });

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

test('raw-phones', async () => {
	const { request, store } = await openWith('raw-phones');
	for (const phone of ['0812-777-0002', '+62 812 777 0003']) {
		const { body } = await request('POST', '/contacts', { name: phone, phone });
		expect(body.data.phone).toBe(phone);
	}

	const found = async (q: string) =>
		(await request('GET', `/contacts?q=${encodeURIComponent(q)}`)).body.data.map(
			({ phone }: { phone: string }) => phone,
		);

	expect(await found('8127770002')).toEqual(['0812-777-0002']);
	expect(await found('812-7770003')).toEqual(['+62 812 777 0003']);
	expect(await found('+628127770003')).toEqual([]);
	expect(await found('+628127770001')).toEqual(['+628127770001']);
	expect(await found('budi')).toEqual(['+628127770001']);
	expect(store.contacts.size).toBe(3);
});

test('plain-records', async () => {
	const { request, conversation, messages, contact, id } = await openWith('plain-records');
	const url = 'https://example.com/sahut';

	const one = async (...call: Parameters<typeof request>) => (await request(...call)).body;

	expect(await one('GET', conversation)).toMatchObject({ id });
	expect(await one('PUT', conversation, { labels: [] })).toMatchObject({ id });
	expect(await one('PUT', `/contacts/${contact.id}`, {})).toMatchObject({ id: contact.id });
	expect(await one('POST', messages, { content: 'Ya' })).toMatchObject({ content: 'Ya' });
	expect(await one('POST', '/webhooks', { url, events: ['message.created'] })).toMatchObject({
		url,
	});
	expect(await one('GET', messages)).toMatchObject({ data: [{}, {}], meta: { total: 2 } });
	expect(await one('GET', '/contacts/ct_1')).toMatchObject({ error: { status: 404 } });
});

test('no-meta', async () => {
	const { request, messages } = await openWith('no-meta');

	for (const path of [messages, '/contacts', '/conversations']) {
		expect(Object.keys((await request('GET', path)).body)).toEqual(['data']);
	}
});

test('other-statuses', async () => {
	const { request, messages, store } = await openWith('other-statuses');

	expect(await request('POST', messages, { content: 'Ya' })).toMatchObject({
		status: 200,
		body: { data: { content: 'Ya' } },
	});

	const { id } = store.addWebhook({ url: 'https://example.com', events: [] });
	const deleted = await request('DELETE', `/webhooks/${id}`);

	expect(deleted).toMatchObject({ status: 200, body: { data: {} } });
});

test('milliseconds', async () => {
	const { request, messages, contact } = await openWith('milliseconds');
	const before = Date.now();

	const { created_at } = (await request('POST', messages, { content: 'Ya' })).body.data;

	expect(created_at).toMatch(/:\d\d\.\d{3}Z$/);
	expect(Date.parse(created_at)).toBeGreaterThanOrEqual(before);

	const { body } = await request('GET', `/contacts/${contact.id}`);

	expect(body.data.created_at).toBe('2024-03-15T08:30:00.000Z');
});

test('oldest-first', async () => {
	const { request, store, id, contact, messages } = await openWith('oldest-first');
	const newer = store.addConversation({ created_at: '2099-03-15T08:30:00Z' });

	const ids = async (path: string) =>
		(await request('GET', path)).body.data.map((row: { id: string }) => row.id);

	expect(await ids('/conversations')).toEqual([id, newer.id]);
	expect(await ids('/conversations?per_page=1&page=2')).toEqual([newer.id]);
	expect(await ids('/contacts')).toEqual([contact.id, newer.contact.id]);

	store.addIncoming(id, 'Halo lagi');

	expect(await ids(messages)).toEqual(store.messages(id).map((message) => message.id));
});

test('sent-by-agent', async () => {
	const { request, messages, store } = await openWith('sent-by-agent');

	const { body } = await request('POST', messages, { content: 'Ya' });

	expect(body.data.sender).toEqual(API_AGENT);
	expect([...store.agents.keys()]).not.toContain(API_AGENT.id);
});

test('hidden-values', async () => {
	const { request, messages } = await openWith('hidden-values');
	const template = { template_id: 'tmpl_follow_up', template_variables: { customer_name: 'Budi' } };

	const { body } = await request('POST', messages, template);

	expect(body.data.content).toBe('follow_up');
});

test.each([
	['attributes-replaced', { kota: 'Solo' }],
	['attributes-merged', { kota: 'Solo', poin: 5 }],
] as const)('%s', async (deviation, expected) => {
	const { request, store } = await openWith(deviation);
	const { id } = store.addContact({ custom_attributes: { kota: 'Bandung', poin: 5 } });
	const changes = { custom_attributes: { kota: 'Solo' } };

	const { body } = await request('PUT', `/contacts/${id}`, changes);

	expect(body.data.custom_attributes).toEqual(expected);
	expect(store.contacts.get(id)!.custom_attributes).toEqual(expected);
});

test('exact-search', async () => {
	const { request } = await openWith('exact-search');

	const total = async (q: string) =>
		(await request('GET', `/contacts?q=${encodeURIComponent(q)}`)).body.meta.total;

	expect(await total('budi santoso')).toBe(1);
	expect(await total('+628127770001')).toBe(1);
	expect(await total('budi')).toBe(0);
	expect(await total('8127770001')).toBe(0);
});

test('unique-phones', async () => {
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

test('existing-conversations', async () => {
	const { request, store, contact, id } = await openWith('existing-conversations');
	const { channel } = store.conversations.get(id)!;
	const resolved = store.addConversation({ contact, channel, status: 'resolved' });
	store.addIncoming(resolved.id, 'Terima kasih', new Date(Date.now() + 5_000));
	const agent = [...store.agents.keys()][0];

	const open = async (channel_id: string, more = {}) =>
		await request('POST', '/conversations', { contact_id: contact.id, channel_id, ...more });

	expect(await open(channel.id, { assignee_id: agent })).toMatchObject({
		status: 200,
		body: { data: { id: resolved.id, status: 'resolved', assignee: null } },
	});
	expect((await open(channel.id, { message: { content: 'Halo' } })).status).toBe(200);
	expect(store.messages(resolved.id).at(-2)).toMatchObject({ type: 'outgoing', content: 'Halo' });
	expect(store.conversations.size).toBe(2);

	const email = store.channelOfType('email').id;
	const created = await open(email);

	expect(created.status).toBe(201);
	expect((await open(email)).body.data.id).toBe(created.body.data.id);
	expect(store.conversations.size).toBe(3);
});

test.each([
	['open', 201],
	['pending', 201],
	['snoozed', 422],
	['resolved', 422],
] as const)(
	'open-only: a message into a conversation that is %s answers %i',
	async (to, answer) => {
		const { request, store, id, messages } = await openWith('open-only');
		store.updateConversation(store.conversations.get(id)!, { status: to });

		const { status, body } = await request('POST', messages, { content: 'Ya' });

		expect(status).toBe(answer);
		expect(store.messages(id)).toHaveLength(answer === 201 ? 2 : 1);
		if (answer === 422) expect(body.error.message).toContain(`The conversation is ${to}`);
	},
);

test('full-rows', async () => {
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
] as const)('typed-attributes: %s must be a %s', async (key, type, refused, taken) => {
	const { request, store, contact } = await openWith('typed-attributes');
	store.attributeTypes.set(key, type);

	const put = async (value: unknown) =>
		await request('PUT', `/contacts/${contact.id}`, { custom_attributes: { [key]: value, a: 1 } });

	expect(await put(refused)).toMatchObject({
		status: 422,
		body: { error: { message: `custom_attributes.${key} must be a ${type}` } },
	});
	expect(await put(null)).toMatchObject({ status: 200 });
	expect(await put(taken)).toMatchObject({
		status: 200,
		body: { data: { custom_attributes: { [key]: taken, a: 1 } } },
	});
});

test('converted-attributes', async () => {
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

test('typed-attributes with converted-attributes refuses only what cannot be converted', async () => {
	const { request, store, contact } = await openWith('typed-attributes', 'converted-attributes');
	store.attributeTypes.set('poin', 'number');

	const put = async (poin: string) =>
		await request('PUT', `/contacts/${contact.id}`, { custom_attributes: { poin } });

	expect((await put('12')).status).toBe(200);
	expect((await put('dua belas')).status).toBe(422);
	expect(contact.custom_attributes).toEqual({ poin: 12 });
});

test.each([
	['with', ['window-per-conversation'], 422],
	['without', [], 201],
] as const)(
	'%s window-per-conversation, a text into another conversation with the customer',
	async (_, deviations, status) => {
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

test('auto-reply', async () => {
	const { request, store, id, messages } = await openWith('auto-reply');

	await request('POST', messages, { content: 'Ya' });

	expect(store.messages(id)).toMatchObject([
		{ type: 'incoming', content: 'Halo' },
		{ type: 'outgoing', sender: AUTOMATION_BOT },
		{ type: 'outgoing', content: 'Ya', sender: store.bot },
	]);
});

test('rules', async () => {
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
