import { openSandbox } from '../support/openSandbox';

test('filters by status, channel and assignee', async () => {
	const { request, store } = await openSandbox({ data: 'empty' });
	const [, email] = store.channels.values();
	const [agent] = store.agents.values();
	const plain = store.addConversation();
	const snoozed = store.addConversation({ status: 'snoozed' });
	const mailed = store.addConversation({ channel: email! });
	const assigned = store.addConversation({ assignee: agent! });

	async function ids(query: string): Promise<string[]> {
		const { body } = await request('GET', `/conversations?${query}`);
		return body.data.map(({ id }: { id: string }) => id);
	}

	expect(await ids('')).toEqual([assigned.id, mailed.id, snoozed.id, plain.id]);
	expect(await ids('status=snoozed')).toEqual([snoozed.id]);
	expect(await ids(`channel_id=${email!.id}`)).toEqual([mailed.id]);
	expect(await ids(`assignee_id=${agent!.id}`)).toEqual([assigned.id]);
	expect(await ids('assignee_id=unassigned&status=open')).toEqual([mailed.id, plain.id]);
	expect(await ids('channel_id=ch_nope')).toEqual([]);
	expect((await request('GET', '/conversations?status=closed')).status).toBe(400);
});

test('shows a conversation with the documented fields', async () => {
	const { request, store } = await openSandbox({ data: 'empty' });
	const contact = store.addContact({ name: 'Sari', phone: '+628123456789' });
	const { id, channel } = store.addConversation({ contact, labels: ['pesanan'] });
	const { body } = await request('GET', `/conversations/${id}`);
	expect(body.data).toEqual({
		id,
		status: 'open',
		channel,
		contact: { id: contact.id, name: 'Sari', phone: '+628123456789' },
		assignee: null,
		labels: ['pesanan'],
		created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
		updated_at: expect.any(String),
	});
});

test('creates a conversation with a first message and an assignee', async () => {
	const { request, store } = await openSandbox({ data: 'empty' });
	const contact = store.addContact();
	const [whatsapp] = store.channels.values();
	const [agent] = store.agents.values();

	const { status, body } = await request('POST', '/conversations', {
		contact_id: contact.id,
		channel_id: whatsapp!.id,
		message: { template_id: 'tmpl_opening_hours' },
		assignee_id: agent!.id,
	});

	expect(status).toBe(201);
	expect(body.data).toMatchObject({ status: 'open', assignee: { id: agent!.id } });
	expect(store.messages(body.data.id)).toMatchObject([{ template_id: 'tmpl_opening_hours' }]);
});

test.each([
	['an unknown contact', { contact_id: 'ct_nope' }],
	['an unknown channel', { channel_id: 'ch_nope' }],
	['an unknown assignee', { assignee_id: 'usr_nope' }],
	['a blank first message', { message: { content: ' ' } }],
	['free text as a first message on WhatsApp', { message: { content: 'Halo' } }],
	['a template whose variables it cannot take', { message: { template_id: 'tmpl_follow_up' } }],
])('refuses %s with 422 and stores no conversation', async (_, change) => {
	const { request, store } = await openSandbox({ data: 'empty' });
	const [whatsapp] = store.channels.values();
	const { status, body } = await request('POST', '/conversations', {
		contact_id: store.addContact().id,
		channel_id: whatsapp!.id,
		...change,
	});
	expect(status).toBe(422);
	expect(body.error.code).toBe('validation_error');
	expect(store.conversations.size).toBe(0);
});

test('refuses a new conversation without a contact with 400', async () => {
	const { request } = await openSandbox();
	const { status, body } = await request('POST', '/conversations', { channel_id: 'ch_1' });
	expect(status).toBe(400);
	expect(body.error.message).toContain('contact_id');
});

test('changes only what the update gives, replaces labels and unassigns with null', async () => {
	const { request, store } = await openSandbox({ data: 'empty' });
	const [agent] = store.agents.values();
	const { id } = store.addConversation({ assignee: agent!, labels: ['lama'] });

	const labelled = await request('PUT', `/conversations/${id}`, { labels: ['lunas'] });
	expect(labelled.body.data).toMatchObject({
		status: 'open',
		assignee: { id: agent!.id },
		labels: ['lunas'],
	});

	const changed = await request('PUT', `/conversations/${id}`, {
		status: 'resolved',
		assignee_id: null,
		team_id: 'tim-gudang',
	});
	expect(changed.status).toBe(200);
	expect(changed.body.data).toMatchObject({
		status: 'resolved',
		assignee: null,
		labels: ['lunas'],
	});
	expect(store.conversations.get(id)?.team_id).toBe('tim-gudang');
});

test('refuses an update with an unknown agent or status and changes nothing', async () => {
	const { request, store } = await openSandbox({ data: 'empty' });
	const { id } = store.addConversation();
	const agent = { status: 'resolved', assignee_id: 'usr_nope' };
	expect((await request('PUT', `/conversations/${id}`, agent)).status).toBe(422);
	expect((await request('PUT', `/conversations/${id}`, { status: 'closed' })).status).toBe(400);
	expect(store.conversations.get(id)?.status).toBe('open');
});
