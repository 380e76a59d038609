import { HOUR_MS } from '../../sandbox/clock';
import { openSandbox, type OpenSandbox } from '../support/openSandbox';

const NOW = new Date('2024-03-15T08:30:00Z');
const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * HOUR_MS);

/** Opens a sandbox with a fixed time and one conversation. */
async function withConversation(channelType = 'whatsapp') {
	const sandbox = await openSandbox({ data: 'empty', now: () => NOW });
	const { store } = sandbox;
	const { id } = store.addConversation({ channel: store.channelOfType(channelType) });
	return { ...sandbox, id, path: `/conversations/${id}/messages` };
}

/** Requests a list. @returns one field of each row */
async function listField(
	{ request }: OpenSandbox,
	path: string,
	field: string,
): Promise<unknown[]> {
	const { body } = await request('GET', path);
	return body.data.map((row: Record<string, unknown>) => row[field]);
}

test('contacts are found by name, phone, email and tag, newest first', async () => {
	const sandbox = await openSandbox({ data: 'empty' });

	sandbox.store.addContact({ name: 'Budi', phone: '+628111222333', tags: ['grosir'] });
	sandbox.store.addContact({ name: 'Sari', email: 'sari@example.com' });

	for (const [query, names] of [
		['', ['Sari', 'Budi']],
		['q=BUD', ['Budi']],
		['q=%2B628111', ['Budi']],
		['q=sari@', ['Sari']],
		['tag=grosir', ['Budi']],
		['q=sari&tag=grosir', []],
	] as const) {
		expect([query, await listField(sandbox, `/contacts?${query}`, 'name')]).toEqual([query, names]);
	}
});

test('conversations can be filtered by status, channel and assignee', async () => {
	const sandbox = await openSandbox({ data: 'empty' });
	const { store } = sandbox;
	const [, email] = store.channels.values();
	const [agent] = store.agents.values();
	const plain = store.addConversation();
	const snoozed = store.addConversation({ status: 'snoozed' });
	const mailed = store.addConversation({ channel: email! });
	const assigned = store.addConversation({ assignee: agent! });
	for (const [query, expected] of [
		['', [assigned, mailed, snoozed, plain]],
		['status=snoozed', [snoozed]],
		[`channel_id=${email!.id}`, [mailed]],
		[`assignee_id=${agent!.id}`, [assigned]],
		['assignee_id=unassigned&status=open', [mailed, plain]],
		['channel_id=ch_nope', []],
	] as const) {
		const ids = await listField(sandbox, `/conversations?${query}`, 'id');
		expect([query, ids]).toEqual([query, expected.map(({ id }) => id)]);
	}
});

test.each(['/conversations', '/contacts'])('a page of %s has 25 rows by default', async (path) => {
	const { request, store } = await openSandbox({ data: 'empty' });
	store.addConversations(30);

	const { body } = await request('GET', path);

	expect(body.meta).toEqual({ total: 30, page: 1, per_page: 25, total_pages: 2 });
	expect(body.data).toHaveLength(25);
});

test('a page has 50 messages by default, oldest first, and a page after the last one is empty', async () => {
	const { request, store, id, path } = await withConversation();
	store.addMessages(id, 120);
	const pages = await Promise.all([1, 3, 4].map((page) => request('GET', `${path}?page=${page}`)));

	const [first, last, past] = pages.map(({ body }) => body);

	expect(first.meta).toEqual({ total: 120, page: 1, per_page: 50, total_pages: 3 });
	expect(first.data).toHaveLength(50);
	expect(first.data[0].content).toMatch(/^Pesan 1:/);
	expect(last.data).toHaveLength(20);
	expect(last.data.at(-1).content).toMatch(/^Pesan 120:/);
	expect(past.data).toEqual([]);
});

test('messages are ordered by time, regardless of the order in which they were added', async () => {
	const sandbox = await withConversation();
	const { store, id, path } = sandbox;
	store.addIncoming(id, 'Halo', hoursAgo(2));
	store.addMessages(id, 3, { until: hoursAgo(1), spacingMs: HOUR_MS });
	store.addIncoming(id, 'Paling lama', hoursAgo(9));

	const times = await listField(sandbox, path, 'created_at');

	expect(times).toEqual([...times].sort());
	expect(times).toHaveLength(5);
	expect(store.messages(id)[0]!.content).toBe('Paling lama');
});

test('a repeated text is stored again, and a note is shown like any message', async () => {
	const { request, store, id, path } = await withConversation('email');
	for (const body of [{ content: 'Siap' }, { content: 'Siap' }, { content: 'A', private: true }]) {
		await request('POST', path, body);
	}

	const { body } = await request('GET', path);

	expect(body.data[0]).toEqual({
		id: expect.stringMatching(/^msg_[0-9A-HJKMNP-TV-Z]{14}$/),
		type: 'outgoing',
		content: 'Siap',
		sender: store.bot,
		attachments: [],
		created_at: '2024-03-15T08:30:00Z',
	});
	expect(body.data[2]).toEqual({ ...body.data[0], id: body.data[2].id, content: 'A' });
	expect(store.messages(id).map((message) => message.private)).toEqual([false, false, true]);
});

test('template values are inserted unchanged, even if a value or name has special characters', async () => {
	const { request, store, id, path } = await withConversation();
	store.addTemplate({ id: 'tmpl_odd', body: '{{a}} {{ b }} {{__proto__}} {{constructor}}' });
	const variables = '{"a": "$& {{b}}", "b": 17, "__proto__": true, "constructor": "dua"}';

	const lacking = await request('POST', path, { template_id: 'tmpl_odd', template_variables: {} });

	expect(lacking.body.error.message).toMatch(/"a", "b", "__proto__", "constructor"/);

	const sent = `{"template_id": "tmpl_odd", "template_variables": ${variables}}`;

	expect((await request('POST', path, sent)).body.data.content).toBe('$& {{b}} 17 true dua');

	const [stored] = store.messages(id);

	expect(stored!.template_id).toBe('tmpl_odd');
	expect(JSON.stringify(stored!.template_variables)).toBe(JSON.stringify(JSON.parse(variables)));
});

test.each([
	[201, 'exactly 24 hours after the customer wrote', [24]],
	[422, 'a second later', [24 + 1 / 3600]],
	[201, 'if an older message was added later', [1, 100]],
	[201, 'after a new message of the customer', [48, 0]],
	[422, 'if the customer never wrote', []],
])('a text gets a %i %s, and a template and a note are accepted', async (expected, _, hours) => {
	const { request, store, id, path } = await withConversation();
	for (const ago of hours) store.addIncoming(id, 'Halo Kak', hoursAgo(ago));

	expect((await request('POST', path, { content: 'Halo Kak' })).status).toBe(expected);

	const template = { template_id: 'tmpl_opening_hours' };

	expect((await request('POST', path, template)).status).toBe(201);
	expect((await request('POST', path, { content: 'Catatan', private: true })).status).toBe(201);
});

test('an update changes only the given fields, and null removes the assignee', async () => {
	const { request, store } = await openSandbox({ data: 'empty' });
	const [agent] = store.agents.values();
	const { id, contact } = store.addConversation({ assignee: agent!, labels: ['lama'] });
	const path = `/conversations/${id}`;

	const update = async (to: string, body: object) => (await request('PUT', to, body)).body.data;

	expect(await update(path, { labels: ['lunas'] })).toMatchObject({
		status: 'open',
		assignee: { id: agent!.id },
		labels: ['lunas'],
	});

	const changes = { status: 'resolved', assignee_id: null, team_id: 'tim-gudang' };
	const changed = await update(path, changes);

	expect(changed).toMatchObject({ status: 'resolved', assignee: null, labels: ['lunas'] });
	expect(changed).not.toHaveProperty('team_id');
	expect(store.conversations.get(id)?.team_id).toBe('tim-gudang');

	const before = { ...contact };

	expect(await update(`/contacts/${contact.id}`, { name: 'Baru' })).toEqual({
		...before,
		name: 'Baru',
	});
	expect((await request('GET', path)).body.data.contact.name).toBe('Baru');
});

test('a conversation can be created with a first message and an assignee', async () => {
	const { request, store } = await openSandbox({ data: 'empty' });
	const [agent] = store.agents.values();

	const { body } = await request('POST', '/conversations', {
		contact_id: store.addContact().id,
		channel_id: store.channelOfType('whatsapp').id,
		message: { template_id: 'tmpl_opening_hours' },
		assignee_id: agent!.id,
	});

	expect(body.data).toMatchObject({ status: 'open', assignee: { id: agent!.id } });
	expect(store.messages(body.data.id)).toMatchObject([{ template_id: 'tmpl_opening_hours' }]);
});

test('a webhook for localhost can be created, gets a secret, and can be deleted once', async () => {
	const { request, store } = await openSandbox({ data: 'empty' });
	const webhook = { url: 'http://localhost:5678/webhook/1', events: ['message.created'] };

	const { body } = await request('POST', '/webhooks', webhook);

	expect(body.data).toMatchObject({ ...webhook, secret: expect.stringMatching(/^whsec_/) });

	const path = `/webhooks/${body.data.id}`;
	// A JSON request without a body.
	const json = { 'content-type': 'application/json' };

	expect(await request('DELETE', path, undefined, json)).toMatchObject({ status: 204, body: '' });
	expect(store.webhooks.size).toBe(0);
	expect((await request('DELETE', path)).status).toBe(404);
});

test('attachments of the sample data can be downloaded without a key', async () => {
	const { request, store, url, id, path } = await withConversation();
	const attachment = { content_type: 'image/png', file_name: 'bukti-transfer.png' };
	store.addIncoming(id, 'Ini', undefined, [{ url: '/files/bukti-transfer.png', ...attachment }]);

	const [shown] = (await request('GET', path)).body.data[0].attachments;

	expect(shown).toEqual({ ...attachment, url: new URL('/files/bukti-transfer.png', url).href });

	const file = await fetch(shown.url);

	expect(file.headers.get('content-type')).toBe('image/png');

	const bytes = Buffer.from(await file.arrayBuffer());

	expect(bytes.subarray(1, 4).toString()).toBe('PNG');
});

test.each([
	['resolved', 'open'],
	['open', 'open'],
	['pending', 'pending'],
	['snoozed', 'snoozed'],
] as const)(
	'after a message from the customer, a conversation that was %s is %s',
	async (before, after) => {
		const { store, id } = await withConversation();
		const conversation = store.conversations.get(id)!;
		store.updateConversation(conversation, { status: before });

		store.addIncoming(id, 'Terima kasih', hoursAgo(1));

		expect(conversation.status).toBe(before);

		store.addIncoming(id, 'Halo lagi');

		expect(conversation.status).toBe(after);
	},
);

test('a list of contacts contains no custom attributes, but a single contact does', async () => {
	const { request, store } = await openSandbox({ data: 'empty' });
	const custom_attributes = { kota: 'Bandung' };
	const contact = store.addContact({ custom_attributes });

	const { body } = await request('GET', '/contacts');
	const created = await request('POST', '/contacts', { name: 'Sari', custom_attributes });

	expect(body.data[0]).not.toHaveProperty('custom_attributes');
	expect(body.data).toEqual([{ ...contact, custom_attributes: undefined }]);
	expect((await request('GET', `/contacts/${contact.id}`)).body.data).toEqual(contact);
	expect(created.body.data).toMatchObject({ custom_attributes });
});
