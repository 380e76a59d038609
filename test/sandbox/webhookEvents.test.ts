import { EVENT_NAMES, type EventName } from '../../sandbox/events';
import { openReceiver } from './openReceiver';
import { openSandbox } from '../support/openSandbox';

/** A sandbox with a webhook for these events, and a conversation from before it, which is not told. */
async function openWithWebhook(events: readonly EventName[] = EVENT_NAMES) {
	const receiver = await openReceiver();
	const sandbox = await openSandbox({ data: 'empty' });
	const conversation = sandbox.store.addConversation();
	sandbox.store.addIncoming(conversation.id, 'Halo');
	sandbox.store.addWebhook({ url: receiver.url, events: [...events] });
	return {
		...sandbox,
		conversation,
		received: receiver.received,
		/** The names of what has arrived since the last call, sorted: deliveries overtake each other. */
		async names() {
			await sandbox.deliveries.settled();
			return receiver.received
				.splice(0)
				.map(({ body }) => body.event as string)
				.sort();
		},
	};
}

test('a message makes message.created, whoever wrote it', async () => {
	const { request, store, conversation, deliveries, received } = await openWithWebhook();
	const path = `/conversations/${conversation.id}/messages`;
	await request('POST', path, { content: 'Siap, Kak' });
	await request('POST', path, { content: 'Catatan', private: true });
	store.addIncoming(conversation.id, 'Terima kasih 🙏');
	store.addMessage(conversation.id, {
		type: 'activity',
		content: 'Percakapan ditugaskan ke agen.',
		sender: store.bot,
		attachments: [],
		created_at: conversation.created_at,
	});
	store.addMessages(conversation.id, 2);
	await deliveries.settled();

	expect(received.map(({ body }) => body.event)).toEqual(Array(6).fill('message.created'));
	expect(received.map(({ body }) => body.data.message.content).sort()).toEqual([
		'Catatan',
		'Percakapan ditugaskan ke agen.',
		'Pesan 1: Halo, apakah barangnya masih ada?',
		'Pesan 2: Masih ada Kak, silakan dipesan.',
		'Siap, Kak',
		'Terima kasih 🙏',
	]);
});

test('a conversation that begins with a message makes two events', async () => {
	const { request, store, names } = await openWithWebhook();
	const contact = store.addContact();
	const channel = store.channelOfType('email');
	expect(await names()).toEqual(['contact.created']);
	const { status } = await request('POST', '/conversations', {
		contact_id: contact.id,
		channel_id: channel.id,
		message: { content: 'Halo' },
	});
	expect(status).toBe(201);
	expect(await names()).toEqual(['conversation.created', 'message.created']);
});

test.each<[string, object, EventName[]]>([
	['status', { status: 'pending' }, ['conversation.updated']],
	['resolving it', { status: 'resolved' }, ['conversation.resolved', 'conversation.updated']],
	['labels', { labels: ['pesanan'] }, ['conversation.updated']],
	['what it was already', { status: 'open', labels: [], assignee_id: null }, []],
	['the team only', { team_id: 'team_1' }, []],
])('a change of a conversation: %s', async (_, changes, expected) => {
	const { request, conversation, names } = await openWithWebhook();
	const { status } = await request('PUT', `/conversations/${conversation.id}`, changes);
	expect(status).toBe(200);
	expect(await names()).toEqual(expected);
});

test('assigning a conversation and taking it back are changes; resolving it twice is one', async () => {
	const { request, conversation, store, names } = await openWithWebhook();
	const path = `/conversations/${conversation.id}`;
	const [agent] = store.agents.keys();
	await request('PUT', path, { assignee_id: agent });
	expect(await names()).toEqual(['conversation.updated']);
	await request('PUT', path, { assignee_id: null });
	expect(await names()).toEqual(['conversation.updated']);
	await request('PUT', path, { status: 'resolved' });
	expect(await names()).toHaveLength(2);
	await request('PUT', path, { status: 'resolved', labels: ['komplain'] });
	expect(await names()).toEqual(['conversation.updated']);
});

test('a contact makes contact.created, and contact.updated when something changes', async () => {
	const { request, names } = await openWithWebhook();
	const { body } = await request('POST', '/contacts', { name: 'Siti' });
	expect(await names()).toEqual(['contact.created']);
	await request('PUT', `/contacts/${body.data.id}`, { custom_attributes: { kota: 'Bandung' } });
	expect(await names()).toEqual(['contact.updated']);
	await request('PUT', `/contacts/${body.data.id}`, { name: 'Siti' });
	expect(await names()).toEqual([]);
});

test('what is refused makes no event', async () => {
	const { request, conversation, names } = await openWithWebhook();
	await request('POST', `/conversations/${conversation.id}/messages`, { content: ' ' });
	await request('PUT', `/conversations/${conversation.id}`, { assignee_id: 'usr_nobody' });
	await request('POST', '/contacts', { name: ' ' });
	expect(await names()).toEqual([]);
});

test.each(EVENT_NAMES)('a webhook for %s gets no other event', async (event) => {
	const { request, conversation, store, names } = await openWithWebhook([event]);
	store.addIncoming(conversation.id, 'Halo');
	await request('PUT', `/conversations/${conversation.id}`, { status: 'resolved' });
	const { id } = store.addContact();
	await request('PUT', `/contacts/${id}`, { name: 'Siti' });
	store.addConversation({ contact: store.contacts.get(id)! });
	expect(await names()).toEqual([event]);
});

test('an event tells of the record as it was then', async () => {
	const { store, conversation, received, deliveries } = await openWithWebhook();
	store.updateConversation(conversation, { status: 'pending' });
	store.updateConversation(conversation, { status: 'snoozed' });
	await deliveries.settled();
	const told = received.map(({ body }) => body.data.conversation.status as string);
	expect(told.sort()).toEqual(['pending', 'snoozed']);
});
