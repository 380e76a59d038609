import type { SandboxOptions } from '../../sandbox';
import { openReceiver } from './openReceiver';
import { openSandbox, type SandboxResponse } from '../support/openSandbox';

const PHONE = '+6281234567890';

/**
 * Opens a sandbox with a conversation and a webhook. `control` calls the control interface, which needs no
 * key: a GET for `/deliveries`, otherwise a POST.
 */
async function openControl(options: SandboxOptions = {}) {
	const { url, received } = await openReceiver();
	const sandbox = await openSandbox({ data: 'empty', ...options });
	const conversation = sandbox.store.addConversation();
	sandbox.store.addWebhook({ url, events: ['message.created', 'conversation.created'] });
	const origin = new URL(sandbox.url).origin;
	return {
		...sandbox,
		received,
		conversation,
		async control(path: string, body?: object): Promise<Pick<SandboxResponse, 'status' | 'body'>> {
			const response = await fetch(`${origin}/sandbox${path}`, {
				...(path !== '/deliveries' && { method: 'POST' }),
				...(body && {
					headers: { 'content-type': 'application/json' },
					body: JSON.stringify(body),
				}),
			});
			return { status: response.status, body: await response.json() };
		},
	};
}

test('a message from a customer is stored in the conversation and sent to the webhooks', async () => {
	const { control, store, deliveries, request, received, conversation } = await openControl();
	const { id } = conversation;

	const { status, body } = await control('/incoming', { conversation_id: id, content: 'Halo' });

	expect(status).toBe(201);

	await deliveries.settled();
	const shown = await request('GET', `/conversations/${id}`);

	expect(body.data.conversation).toEqual(shown.body.data);
	expect(store.messages(id)).toMatchObject([
		{
			id: body.data.message.id,
			type: 'incoming',
			content: 'Halo',
			sender: { type: 'contact', id: conversation.contact.id },
		},
	]);
	expect(received.map((event) => event.body.data)).toEqual([body.data]);
});

test('a message from a customer reopens a resolved conversation', async () => {
	const { control, store, conversation } = await openControl();
	store.updateConversation(conversation, { status: 'resolved' });

	const { body } = await control('/incoming', {
		conversation_id: conversation.id,
		content: 'Halo',
	});

	expect(body.data.conversation).toMatchObject({ status: 'open' });
});

test('a message from a phone number is stored in its newest unresolved conversation, or in a new one', async () => {
	const { control, store } = await openControl();
	const contact = store.addContact({ phone: PHONE });
	const [older, open, resolved] = (['open', 'pending', 'resolved'] as const).map((status) =>
		store.addConversation({ contact, status }),
	);
	const receive = async () => await control('/incoming', { phone: PHONE, content: 'Halo' });
	await receive();

	const counts = [older, open, resolved].map((each) => store.messages(each!.id).length);

	expect(counts).toEqual([0, 1, 0]);

	for (const each of [older, open]) store.updateConversation(each!, { status: 'resolved' });
	await receive();
	const newest = [...store.conversations.values()].at(-1)!;

	expect(newest).toMatchObject({ status: 'open', contact });
	expect(store.messages(newest.id)).toHaveLength(1);
});

test('a message from an unknown phone number creates a contact and a WhatsApp conversation', async () => {
	const { control, store, deliveries, received } = await openControl();
	await control('/incoming', { phone: PHONE, content: 'Halo' });
	await control('/incoming', { phone: PHONE, content: 'Lagi' });
	await deliveries.settled();

	const contacts = [...store.contacts.values()].filter(({ phone }) => phone === PHONE);

	expect(contacts).toHaveLength(1);

	const conversation = [...store.conversations.values()].at(-1)!;

	expect(conversation).toMatchObject({ channel: { type: 'whatsapp' }, contact: contacts[0] });
	expect(store.messages(conversation.id).map(({ content }) => content)).toEqual(['Halo', 'Lagi']);
	expect(received.map(({ body }) => body.event as string).sort()).toEqual([
		'conversation.created',
		'message.created',
		'message.created',
	]);
});

test('the control interface can also add messages of an agent or the bot', async () => {
	const { control, store } = await openControl();
	const [agent] = store.agents.values();
	const { id } = store.addConversation({ assignee: agent! });

	await control('/incoming', { conversation_id: id, content: 'Siap', type: 'outgoing' });
	await control('/incoming', { conversation_id: id, content: 'Dilabeli', type: 'activity' });

	expect(store.messages(id)).toMatchObject([
		{ type: 'outgoing', sender: { type: 'agent', ...agent } },
		{ type: 'activity', sender: store.bot },
	]);
});

/** Opens a sandbox that has delivered one event. */
async function openWithDelivery() {
	const opened = await openControl();
	opened.store.addIncoming(opened.conversation.id, 'Halo');
	await opened.deliveries.settled();
	return { ...opened, eventId: opened.deliveries.log[0]!.eventId };
}

test('the control interface repeats the latest or a given event', async () => {
	const { control, eventId, received } = await openWithDelivery();

	const latest = await control('/deliveries/repeat');
	const given = await control('/deliveries/repeat', { event_id: eventId, times: 2, at_once: true });

	expect(latest.body.data).toMatchObject([{ status: 200, eventId }]);
	expect(given.body.data).toMatchObject([
		{ status: 200, eventId },
		{ status: 200, eventId },
	]);
	expect(received.map(({ body }) => body.event)).toEqual(Array(4).fill('message.created'));
});

test('the control interface delivers a forged event with a malformed signature', async () => {
	const { control, received } = await openWithDelivery();
	const event = 'conversation.created';

	const forged = await control('/deliveries/forge', { event, signature: 'malformed' });

	expect(forged.body.data).toMatchObject({ status: 200, body: 'ok' });
	expect(received.map(({ body }) => body.event)).toEqual(['message.created', event]);
	expect(received.at(-1)!.headers['x-sahut-signature']).toBe('not-a-signature');
});

test('the control interface lists all deliveries', async () => {
	const { control, deliveries } = await openWithDelivery();
	await control('/deliveries/repeat');

	const listed = await control('/deliveries');

	expect(listed).toEqual({ status: 200, body: { data: deliveries.log } });
	expect(deliveries.log).toHaveLength(2);
});

test.each([
	['/incoming', { content: 'Halo' }, 400],
	['/incoming', { content: 'Halo', phone: PHONE, conversation_id: 'conv_1' }, 400],
	['/incoming', { content: 'Halo', phone: '0812' }, 400],
	['/incoming', { content: '', phone: PHONE }, 400],
	['/incoming', { content: 5, phone: PHONE }, 400],
	['/incoming', { content: 'Halo', phone: PHONE, type: 'note' }, 400],
	['/incoming', { content: 'Halo', phone: PHONE, sender: 'x' }, 400],
	['/incoming', undefined, 400],
	['/incoming', { content: 'Halo', conversation_id: 'conv_1' }, 404],
	['/deliveries/repeat', { times: 0 }, 400],
	['/deliveries/repeat', { event_id: 'evt_1' }, 404],
	['/deliveries/forge', { event: 'message.deleted' }, 400],
	['/deliveries/forge', { webhook_id: 'wh_1' }, 404],
])(
	'the control interface rejects a request to %s with the body %j (status %i)',
	async (path, body, expected) => {
		const { control, store, deliveries } = await openControl();
		const contacts = store.contacts.size;

		const response = await control(path, body);

		expect(response).toMatchObject({ status: expected, body: { error: { status: expected } } });
		expect(store.contacts.size).toBe(contacts);
		expect(deliveries.log).toHaveLength(0);
	},
);

test('control requests are not in the journal, trigger no fault and do not count for the rate limit', async () => {
	const { control, journal, faults, request, conversation } = await openControl({
		rateLimit: { requests: 1, windowMs: 60_000 },
	});
	const { id } = conversation;

	faults.add({ kind: 'status', status: 503 });

	for (const content of ['Satu', 'Dua']) {
		expect((await control('/incoming', { conversation_id: id, content })).status).toBe(201);
	}
	expect((await control('/deliveries')).status).toBe(200);
	expect(journal.entries).toHaveLength(0);
	expect(faults.remaining()).toBe(1);

	expect((await request('GET', '/contacts')).status).toBe(503);
	expect((await request('GET', '/contacts')).status).toBe(200);
	expect((await request('GET', '/contacts')).status).toBe(429);
	expect(journal.entries).toHaveLength(3);
});

test('the inbox shows the newest messages and notes first, as text with links', async () => {
	const { url, store, conversation } = await openControl();
	store.addIncoming(conversation.id, 'Halo <b>Kak</b>');
	store.addIncoming(conversation.id, 'Lihat https://example.com/?a=1&b="2"');

	const response = await fetch(new URL('/sandbox/inbox', url));
	const html = await response.text();

	expect(response.headers.get('content-type')).toContain('text/html');
	expect(html).toContain('Halo &#60;b&#62;Kak&#60;/b&#62;');
	expect(html).toContain('<a href="https://example.com/?a=1&#38;b=&#34;2&#34;"');
	expect(html.indexOf('Lihat')).toBeLessThan(html.indexOf('Halo'));
});
