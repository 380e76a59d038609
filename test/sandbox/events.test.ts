import type { Envelope, SignatureEncoding } from '../../sandbox';
import { EVENT_NAMES, type EventName } from '../../sandbox/events';
import { openReceiver } from './openReceiver';
import { openSandbox } from '../support/openSandbox';

const CREATED_AT = '2024-03-15T08:30:00Z';
const now = () => new Date(CREATED_AT);

/** Opens a sandbox with a webhook for these events, and a conversation that was created before it. */
async function openWithWebhook(
	envelope: Partial<Envelope> = {},
	events: readonly EventName[] = EVENT_NAMES,
) {
	const receiver = await openReceiver();
	const sandbox = await openSandbox({ data: 'empty', now, webhooks: { envelope } });
	const conversation = sandbox.store.addConversation();
	sandbox.store.addIncoming(conversation.id, 'Halo');
	const webhook = sandbox.store.addWebhook({ url: receiver.url, events: [...events] });
	/** Returns the bodies since the last call, sorted by event, since deliveries may overtake each other. */
	async function takeBodies() {
		await sandbox.deliveries.settled();
		const bodies = receiver.received.splice(0).map(({ body }) => body);
		return bodies.sort((a, b) => (String(a.event) < String(b.event) ? -1 : 1));
	}
	return {
		...sandbox,
		conversation,
		webhook,
		received: receiver.received,
		takeBodies,
		takeNames: async () => (await takeBodies()).map(({ event }) => event as string),
	};
}

test('each message causes message.created, regardless of its sender', async () => {
	const { request, store, conversation, takeBodies } = await openWithWebhook();
	const path = `/conversations/${conversation.id}/messages`;
	await request('POST', path, { content: 'Siap, Kak' });
	await request('POST', path, { content: 'Catatan', private: true });
	store.addIncoming(conversation.id, 'Terima kasih 🙏');
	store.addMessages(conversation.id, 2);

	const bodies = await takeBodies();

	expect(bodies.map(({ event }) => event)).toEqual(Array(5).fill('message.created'));
	expect(bodies.map(({ data }) => data.message.content).sort()).toEqual([
		'Catatan',
		'Pesan 1: Halo, apakah barangnya masih ada?',
		'Pesan 2: Masih ada Kak, silakan dipesan.',
		'Siap, Kak',
		'Terima kasih 🙏',
	]);
});

test('a new contact causes one event, and a new conversation with a message causes two', async () => {
	const { request, store, takeNames } = await openWithWebhook();

	const contact = store.addContact();

	expect(await takeNames()).toEqual(['contact.created']);

	await request('POST', '/conversations', {
		contact_id: contact.id,
		channel_id: store.channelOfType('email').id,
		message: { content: 'Halo' },
	});

	expect(await takeNames()).toEqual(['conversation.created', 'message.created']);
});

test('an update causes an event only if it changes the conversation or the contact', async () => {
	const { request, conversation, store, takeNames } = await openWithWebhook();
	const [agent] = store.agents.keys();
	const updated = ['conversation.updated'];
	for (const [changes, events] of [
		[{ status: 'open', labels: [], assignee_id: null }, []],
		[{ team_id: 'team_1' }, []],
		[{ status: 'pending' }, updated],
		[{ labels: ['pesanan'] }, updated],
		[{ assignee_id: agent }, updated],
		[{ assignee_id: null }, updated],
		[{ status: 'resolved' }, ['conversation.resolved', ...updated]],
		[{ status: 'resolved', labels: ['komplain'] }, updated],
	] as const) {
		await request('PUT', `/conversations/${conversation.id}`, changes);
		expect([changes, await takeNames()]).toEqual([changes, events]);
	}
	for (const events of [['contact.updated'], []]) {
		await request('PUT', `/contacts/${conversation.contact.id}`, { name: 'Siti' });
		expect(await takeNames()).toEqual(events);
	}
});

test('a customer message that reopens a conversation also causes conversation.updated', async () => {
	const { store, conversation, takeBodies } = await openWithWebhook();
	store.updateConversation(conversation, { status: 'resolved' });
	await takeBodies();

	store.addIncoming(conversation.id, 'Halo lagi');

	const events = await takeBodies();

	expect(events.map(({ event }) => event as string).sort()).toEqual([
		'conversation.updated',
		'message.created',
	]);
	expect(events.map(({ data }) => data.conversation.status as string)).toEqual(['open', 'open']);
});

test('a refused request causes no event', async () => {
	const { request, conversation, takeNames } = await openWithWebhook();

	await request('POST', `/conversations/${conversation.id}/messages`, { content: ' ' });
	await request('PUT', `/conversations/${conversation.id}`, { assignee_id: 'usr_nobody' });
	await request('POST', '/contacts', { name: ' ' });

	expect(await takeNames()).toEqual([]);
});

test.each(EVENT_NAMES)('a webhook for %s gets no other event', async (event) => {
	const { conversation, store, takeNames } = await openWithWebhook({}, [event]);
	store.addIncoming(conversation.id, 'Halo');
	store.updateConversation(conversation, { status: 'resolved' });
	const contact = store.addContact();

	store.updateContact(contact, { name: 'Siti' });
	store.addConversation({ contact });

	expect(await takeNames()).toEqual([event]);
});

test('an event contains the record at the time of the event', async () => {
	const { store, conversation, takeBodies } = await openWithWebhook();
	store.updateConversation(conversation, { status: 'pending' });
	store.updateConversation(conversation, { status: 'snoozed' });

	const statuses = (await takeBodies()).map(({ data }) => data.conversation.status as string);

	expect(statuses.sort()).toEqual(['pending', 'snoozed']);
});

test('an event contains records in the format of the API, nested or flat', async () => {
	const { store, conversation, received, deliveries, request, url } = await openWithWebhook();
	const { contact } = conversation;
	const path = `/conversations/${conversation.id}`;
	const file = { url: '/files/a.png', content_type: 'image/png', file_name: 'a.png' };
	let changes = 0;
	const change = {
		message: () => store.addIncoming(conversation.id, 'Ini', now(), [file]),
		conversation: () => store.updateConversation(conversation, { labels: [`label ${++changes}`] }),
		contact: () => store.updateContact(contact, { name: `Siti ${++changes}` }),
	};
	const shown = {
		message: async () => (await request('GET', `${path}/messages`)).body.data.at(-1),
		conversation: async () => (await request('GET', path)).body.data,
		contact: async () => (await request('GET', `/contacts/${contact.id}`)).body.data,
	};
	const deliver = async (kind: keyof typeof change, nested: boolean) => {
		deliveries.settings.envelope.nested = nested;
		change[kind]();
		await deliveries.settled();
		return received.pop()!;
	};

	const { headers, body } = await deliver('message', true);

	expect(headers['content-type']).toBe('application/json');
	expect(body).toEqual({
		id: expect.stringMatching(/^evt_/),
		event: 'message.created',
		created_at: CREATED_AT,
		data: { message: await shown.message(), conversation: await shown.conversation() },
	});
	expect(body.data.message.attachments[0].url).toBe(new URL('/files/a.png', url).href);

	const flat = (await deliver('message', false)).body.data;

	expect(flat).toEqual({ ...(await shown.message()), conversation_id: conversation.id });
	for (const kind of ['conversation', 'contact'] as const) {
		expect((await deliver(kind, true)).body.data).toEqual({ [kind]: await shown[kind]() });
		expect((await deliver(kind, false)).body.data).toEqual(await shown[kind]());
	}
});

test.each<[Partial<Envelope>, string[]]>([
	[{ name: 'type' }, ['id', 'type', 'created_at', 'data']],
	[{ object: 'payload' }, ['id', 'event', 'created_at', 'payload']],
	[{ withId: false }, ['event', 'created_at', 'data']],
	[{ name: 'type', object: 'payload', withId: false }, ['type', 'created_at', 'payload']],
])('an envelope with %j has the fields %j', async (envelope, fields) => {
	const { store, conversation, takeBodies } = await openWithWebhook(envelope);
	store.addIncoming(conversation.id, 'Halo');

	const [body] = await takeBodies();

	expect(Object.keys(body)).toEqual(fields);
	expect(body.event ?? body.type).toBe('message.created');
	expect((body.data ?? body.payload).message.content).toBe('Halo');
});

// Test case 2 of RFC 4231.
test.each<[SignatureEncoding, string]>([
	['hex', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
	['prefixedHex', 'sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
	['upperHex', '5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843'],
	['base64', 'W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM='],
])('a delivery can be signed in the format %s', async (encoding, expected) => {
	const { webhook, received, deliveries } = await openWithWebhook();

	webhook.secret = 'Jefe';
	deliveries.settings.signature = encoding;
	await deliveries.forge({ body: 'what do ya want for nothing?', signature: 'right' });

	expect(received[0]!.headers['x-sahut-signature']).toBe(expected);
});
