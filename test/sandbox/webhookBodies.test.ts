import type { Envelope, SignatureEncoding } from '../../sandbox';
import { RECEIPT } from '../../sandbox/handlers/files';
import { openReceiver } from './openReceiver';
import { openSandbox } from '../support/openSandbox';

const now = () => new Date('2024-03-15T08:30:00Z');
const CREATED_AT = '2024-03-15T08:30:00Z';
const EVENTS = ['message.created', 'conversation.updated', 'contact.updated'];

async function openWithWebhook(envelope: Partial<Envelope> = {}) {
	const { url, received } = await openReceiver();
	const sandbox = await openSandbox({ data: 'empty', now, webhooks: { envelope } });
	const conversation = sandbox.store.addConversation();
	const webhook = sandbox.store.addWebhook({ url, events: EVENTS });
	return { ...sandbox, conversation, webhook, received };
}

test('by default tells a message and its conversation as the API shows them', async () => {
	const { store, conversation, received, deliveries, request, url } = await openWithWebhook();
	const { id } = store.addIncoming(conversation.id, 'Ini buktinya', now(), [RECEIPT]);
	await deliveries.settled();
	const path = `/conversations/${conversation.id}`;
	const shownMessages = (await request('GET', `${path}/messages`)).body.data;
	const shown = (await request('GET', path)).body.data;

	expect(received).toHaveLength(1);
	expect(received[0]!.headers['content-type']).toBe('application/json');
	expect(received[0]!.body).toEqual({
		id: expect.stringMatching(/^evt_/),
		event: 'message.created',
		created_at: CREATED_AT,
		data: { message: shownMessages[0], conversation: shown },
	});
	const { message } = received[0]!.body.data;
	expect(message.id).toBe(id);
	expect(message.attachments[0].url).toBe(`${new URL(url).origin}/files/bukti-transfer.png`);
	expect((await fetch(message.attachments[0].url)).status).toBe(200);
});

test('by default tells conversations and contacts under their names', async () => {
	const { store, conversation, received, deliveries, request } = await openWithWebhook();
	store.updateConversation(conversation, { status: 'pending' });
	await deliveries.settled();
	store.updateContact(conversation.contact, { name: 'Siti' });
	await deliveries.settled();
	const contactPath = `/contacts/${conversation.contact.id}`;
	const shownContact = (await request('GET', contactPath)).body.data;
	expect(received.map(({ body }) => [body.event, body.data])).toEqual([
		['conversation.updated', { conversation: expect.objectContaining({ status: 'pending' }) }],
		['contact.updated', { contact: shownContact }],
	]);
	// `team_id` is not shown by the API.
	expect(Object.keys(received[0]!.body.data.conversation)).not.toContain('team_id');
});

test.each<[Partial<Envelope>, string[]]>([
	[{ name: 'type' }, ['id', 'type', 'created_at', 'data']],
	[{ object: 'payload' }, ['id', 'event', 'created_at', 'payload']],
	[{ withId: false }, ['event', 'created_at', 'data']],
	[{ name: 'type', object: 'payload', withId: false }, ['type', 'created_at', 'payload']],
])('with %j the fields are %j', async (envelope, fields) => {
	const { store, conversation, received, deliveries } = await openWithWebhook(envelope);
	store.addIncoming(conversation.id, 'Halo');
	await deliveries.settled();
	const { body } = received[0]!;
	expect(Object.keys(body)).toEqual(fields);
	expect(body.event ?? body.type).toBe('message.created');
	expect((body.data ?? body.payload).message.content).toBe('Halo');
});

test('not nested, the object is the record, and a message has its conversation_id', async () => {
	const { store, conversation, received, deliveries } = await openWithWebhook();
	deliveries.settings.envelope.nested = false;
	const message = store.addIncoming(conversation.id, 'Halo', now());
	await deliveries.settled();
	store.updateConversation(conversation, { status: 'pending' });
	await deliveries.settled();
	store.updateContact(conversation.contact, { name: 'Siti' });
	await deliveries.settled();

	expect(received.map(({ body }) => body.data)).toEqual([
		{
			id: message.id,
			type: 'incoming',
			content: 'Halo',
			sender: { type: 'contact', id: conversation.contact.id, name: 'Budi Santoso' },
			attachments: [],
			created_at: CREATED_AT,
			conversation_id: conversation.id,
		},
		expect.objectContaining({ id: conversation.id, status: 'pending' }),
		expect.objectContaining({ id: conversation.contact.id, name: 'Siti' }),
	]);
});

// Test case 2 of RFC 4231.
test.each<[SignatureEncoding, string]>([
	['hex', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
	['prefixedHex', 'sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
	['upperHex', '5BDCC146BF60754E6A042426089575C75A003F089D2739839DEC58B964EC3843'],
	['base64', 'W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM='],
])('signs in %s', async (encoding, expected) => {
	const { webhook, received, deliveries } = await openWithWebhook();
	webhook.secret = 'Jefe';
	deliveries.settings.signature = encoding;
	await deliveries.post(webhook.id, 'what do ya want for nothing?');
	expect(received[0]!.headers['x-sahut-signature']).toBe(expected);
});
