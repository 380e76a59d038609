import type { FaultAction } from '../../../sandbox';
import { openSandbox, type OpenSandbox } from '../../support/openSandbox';
import { messageEvent } from './messageEvent';
import { openTriggerHost, sign, type TriggerHost } from './triggerHost';

let sandbox: OpenSandbox;
let host: TriggerHost;

beforeEach(async () => {
	sandbox = await openSandbox({ data: 'empty' });
	host = await openTriggerHost(sandbox);
});

describe('A delivery', () => {
	beforeEach(async () => await host.publish({ events: ['message.created'] }));

	it('with a valid signature starts an execution with the message, contact and conversation', async () => {
		const event = messageEvent();

		expect(await host.deliver(event)).toMatchObject({ status: 200 });

		expect(host.executions).toEqual([
			{
				event: 'message.created',
				event_id: event.id,
				occurred_at: '2026-11-24T03:00:00Z',
				conversation_id: 'conv_1',
				channel: { id: 'ch_1', type: 'whatsapp', name: 'WhatsApp Utama' },
				contact: { id: 'ct_1', name: 'Siti Aminah', phone: '+6281234567890' },
				text: 'Halo, berapa harganya?',
				conversation: event.data.conversation,
				message: event.data.message,
			},
		]);
	});

	it.each<[string, (body: string) => string | null]>([
		['without a signature', () => null],
		['signed with another secret', (body) => sign(body, 'whsec_other')],
		['signed for another body', (body) => sign(`${body} `, host.stored.secret)],
	])('%s gets an empty 401 and starts no execution', async (_, signatureOf) => {
		const body = JSON.stringify(messageEvent());

		const response = await host.deliver(body, signatureOf(body));

		expect(response).toEqual({ status: 401, body: '' });
		expect(host.executions).toEqual([]);
	});

	it.each(['', undefined])('gets a 401 if the stored secret is %j', async (secret) => {
		const body = JSON.stringify(messageEvent());
		host.stored = { ...host.stored, secret };
		for (const key of ['', 'undefined']) {
			expect(await host.deliver(body, sign(body, key))).toMatchObject({ status: 401 });
		}
		expect(host.executions).toEqual([]);
	});

	it.each<[string, unknown]>([
		['is not JSON', 'Halo'],
		['has no event', { data: {} }],
		['is a list of events', [messageEvent()]],
		['has an empty list in place of a record', { event: 'message.created', data: [] }],
		['has an empty object in place of a record', { event: 'message.created', data: {} }],
		['has its record elsewhere', { event: 'message.created', resource: { id: 'msg_1' } }],
		['has another text in place of a name', { event: 'message', action: 'created', data: {} }],
	])('that %s starts an execution with its body', async (_, body) => {
		await host.deliver(body);

		expect(host.executions).toEqual([{ event: null, looked_for: expect.any(String), body }]);
	});

	it('without an event starts an execution that lists the fields that the trigger expected', async () => {
		await host.deliver({ name: 'message.created', type: 7, message: { id: 'msg_1' } });

		expect(host.executions[0]!.looked_for).toBe(
			'The trigger expects the name of the event, a text such as "message.created", in one of these fields: "event" (not found), "event_type" (not found), "type" (7). It found no name. It expects the record, an object with the ID or the fields of a message, conversation or contact, in the body itself or in one of these fields: "data" (not found), "payload" (not found), "object" (not found), "message" (an object), "conversation" (not found), "contact" (not found). The body has these fields: name, type, message.',
		);
	});

	it('with a megabyte in one field starts an execution with a short description', async () => {
		const body = { type: 'x'.repeat(1_000_000) };

		await host.deliver(body);

		expect(host.executions).toEqual([{ event: null, looked_for: expect.any(String), body }]);
		expect(String(host.executions[0]!.looked_for).length).toBeLessThan(1_000);
	});

	const { message, conversation } = messageEvent().data;

	it.each<[string, object]>([
		['in data.object', { type: 'message.created', data: { object: { ...message, conversation } } }],
		['in data.data', { event: 'message.created', data: { data: { message, conversation } } }],
		['next to the name', { event: 'message.created', ...message, conversation }],
		['in data, with the name in event_type', { event_type: 'message.created', data: { message } }],
	])('with its record %s starts an execution with this record', async (_, body) => {
		await host.deliver(body);

		expect(host.executions).toMatchObject([
			{ event: 'message.created', text: message.content, message: { id: message.id } },
		]);
	});

	it('with a byte order mark starts an execution', async () => {
		await host.deliver(`\uFEFF${JSON.stringify(messageEvent())}`);

		expect(host.executions).toMatchObject([{ event: 'message.created' }]);
	});

	it.each<object>([
		{ event: 'team.created', data: { id: 'team_1' } },
		{ event: 'message.updated', data: {} },
		{ type: 'conversation.created', data: [] },
		{ event: 'ping' },
	])('of an event that is not selected starts no execution: %j', async (body) => {
		expect(await host.deliver(body)).toMatchObject({ status: 200 });

		expect(host.executions).toEqual([]);
	});

	it('is output unchanged as body if Raw Body is on', async () => {
		await host.publish({ events: ['message.created'], options: { rawBody: true } });
		const event = messageEvent();

		await host.deliver(event);

		expect(host.executions).toMatchObject([{ text: 'Halo, berapa harganya?', body: event }]);
	});
});

const sentBy = (by: string) => ({
	message: { type: 'outgoing', sender: { type: by, id: 'usr_1', name: 'Dewi' } },
});
const activity = { message: { type: 'activity' } };
const note = { message: { ...sentBy('agent').message, private: true } };

describe('The filters of the trigger', () => {
	type Message = Parameters<typeof messageEvent>[0];
	const onChannel2 = { conversation: { channel: { id: 'ch_2' } } };
	const pending = { conversation: { status: 'pending' } };

	it.each<[string, object, Message, Message[]]>([
		['incoming messages by default', {}, {}, [sentBy('agent'), sentBy('bot'), activity]],
		[
			'messages of contacts by default, even without a message type',
			{},
			{ message: { type: undefined } },
			[],
		],
		[
			'messages of contacts by default, even with an unknown message type',
			{},
			{ message: { type: 'text' } },
			[{ message: { ...sentBy('agent').message, type: 'text' } }],
		],
		[
			'outgoing messages without internal notes',
			{ messageTypes: ['outgoing'] },
			sentBy('agent'),
			[note],
		],
		[
			'outgoing messages without internal notes if "private" is a text',
			{ messageTypes: ['outgoing'] },
			{ message: { ...sentBy('agent').message, private: 'false' } },
			[{ message: { ...note.message, private: 'true' } }],
		],
		[
			'outgoing messages without internal notes if "private" is a number',
			{ messageTypes: ['outgoing'] },
			{ message: { ...sentBy('agent').message, private: 0 } },
			[{ message: { ...note.message, private: 1 } }],
		],
		[
			'internal notes with Include Internal Notes',
			{ messageTypes: ['outgoing'], includeNotes: true },
			note,
			[{}],
		],
		['messages of a type', { messageTypes: ['outgoing'] }, sentBy('agent'), [{}, activity]],
		[
			'messages of a type and a sender type',
			{ messageTypes: ['outgoing'], senderTypes: ['bot'] },
			sentBy('bot'),
			[sentBy('agent')],
		],
		['messages on a channel', { channelIds: ['ch_2', 'ch_3'] }, onChannel2, [{}]],
		[
			'messages in conversations with a status',
			{ conversationStatuses: ['pending'] },
			pending,
			[{}],
		],
		[
			'messages that contain one of several words or phrases as whole words',
			{ textContains: ['stop', 'katalog; daftar harga'] },
			{ message: { content: 'Boleh minta DAFTAR  Hárga?' } },
			[
				{ message: { content: 'Nonstop, daftar hargai' } },
				{ message: { content: 'Halo' } },
				{ message: { content: null } },
			],
		],
		[
			'incoming messages if all options are empty',
			{ messageTypes: [], channelIds: [], senderTypes: [], textContains: [] },
			{},
			[sentBy('bot')],
		],
	])('start executions only for %s', async (_, options, wanted, others) => {
		await host.publish({ events: ['message.created'], options } as never);
		const event = messageEvent(wanted);

		for (const each of [...others.map(messageEvent), event]) {
			expect(await host.deliver(each)).toMatchObject({ status: 200 });
		}

		expect(host.executions.map(({ event_id }) => event_id)).toEqual([event.id]);
	});

	const typeless = { message: { type: undefined, sender: undefined } };

	it.each<[string, object, Message, string]>([
		['type', {}, typeless, '"type" or "sender.type" of the message (for Message Types)'],
		[
			'type and a sender of an unknown type',
			{},
			{ message: { type: null, sender: { type: 'customer', id: 'ct_1' } } },
			'"type" or "sender.type" of the message (for Message Types)',
		],
		[
			'sender',
			{ senderTypes: ['contact'] },
			{ message: { sender: null } },
			'"sender.type" of the message (for Sender Types)',
		],
		[
			'text',
			{ textContains: ['stop'] },
			{ message: { content: undefined } },
			'"content" of the message (for Text Contains)',
		],
		[
			'text in a known format',
			{ textContains: ['stop'] },
			{ message: { content: { text: 'stop' } } },
			'"content" of the message (for Text Contains)',
		],
		[
			'channel and status',
			{ channelIds: ['ch_1'], conversationStatuses: ['open'] },
			{ conversation: { id: undefined, channel: null, status: null } },
			'"channel.id" of the conversation (for Channel Names or IDs), "status" of the conversation (for Conversation Statuses)',
		],
	])('start an execution that names the missing field if a message has no %s', async (...row) => {
		const [, options, given, missing] = row;
		await host.publish({ events: ['message.created'], options } as never);
		const event = messageEvent(given);

		expect(await host.deliver(event)).toMatchObject({ status: 200 });

		expect(host.executions).toEqual([
			{
				event: null,
				looked_for: `The trigger recognized the event "message.created", but could not find the values that its options require: ${missing}.`,
				body: JSON.parse(JSON.stringify(event)),
			},
		]);
	});

	it('exclude a message with an excluded value, even if another value is unknown', async () => {
		await host.publish({ events: ['message.created'], options: { channelIds: ['ch_2'] } });

		await host.deliver(messageEvent(typeless));

		expect(host.executions).toEqual([]);
	});

	it('do not exclude events of contacts', async () => {
		const contact = { id: 'ct_9', name: 'Rina' };
		const options = { channelIds: ['ch_2'], senderTypes: ['bot'] };
		await host.publish({ events: ['message.created', 'contact.created'], options });

		await host.deliver({ event: 'contact.created', data: contact });

		expect(host.executions).toEqual([
			{ event: 'contact.created', event_id: null, occurred_at: null, contact },
		]);
	});

	it('exclude events that are no longer selected', async () => {
		await host.publish({ events: ['message.created'] });

		await host.deliver({ ...messageEvent(), event: 'message.updated' });

		expect(host.executions).toEqual([]);
	});
});

describe('If the delivery does not contain the field of a filter, the trigger', () => {
	const flatEvent = (conversationId: string) => ({
		type: 'message.created',
		payload: { ...messageEvent().data.message, conversation_id: conversationId },
	});
	let id: string;

	beforeEach(async () => {
		const conversation = sandbox.store.addConversation();
		id = conversation.id;
		const options = { channelIds: [conversation.channel.id] };
		await host.publish({ events: ['message.created'], options });
		sandbox.journal.clear();
	});

	it('reads the conversation', async () => {
		const { id: elsewhere } = sandbox.store.addConversation({
			channel: sandbox.store.addChannel(),
		});
		for (const each of [id, elsewhere]) {
			expect(await host.deliver(flatEvent(each))).toMatchObject({ status: 200 });
		}
		expect(host.executions).toMatchObject([{ conversation_id: id }]);
	});

	it.each<[string, FaultAction]>([
		['status 500', { kind: 'status', status: 500 }],
		['status 429', { kind: 'status', status: 429, retryAfter: 1 }],
		['a closed connection', { kind: 'dropBefore' }],
	])('asks Sahut to deliver again if the read fails with %s', async (_, fault) => {
		sandbox.faults.add({ method: 'GET', ...fault });
		const event = flatEvent(id);

		expect(await host.deliver(event)).toEqual({ status: 503, body: '' });
		expect(host).toMatchObject({ executions: [], failures: [] });

		expect(await host.deliver(event)).toMatchObject({ status: 200 });
		expect(host.executions).toHaveLength(1);
	});

	it.each<[number, string, string]>([
		[401, 'Sahut does not accept the API key', 'Open the Sahut credential'],
		[403, 'This API key has no permission to read conversation', 'Ask an admin'],
		[
			404,
			'Conversation "ID" was not found in Sahut',
			'If you remove Channel Names or IDs and Conversation Statuses',
		],
	])(
		'starts a failed execution if Sahut rejects the read with %i',
		async (status, message, advice) => {
			sandbox.faults.add({ method: 'GET', kind: 'status', status });
			const event = flatEvent(id);

			expect(await host.deliver(event)).toMatchObject({ status: 500 });
			expect(host.executions).toEqual([]);
			expect(host.failures).toMatchObject([
				{
					message: expect.stringContaining(
						`An event could not be filtered: ${message.replace('ID', id)}`,
					),
					description: expect.stringContaining(advice),
				},
			]);

			expect(await host.deliver(event)).toMatchObject({ status: 200 });
			expect(host.executions).toHaveLength(1);
		},
	);
});

describe('A repeated delivery', () => {
	beforeEach(async () => await host.publish({ events: ['message.created'] }));

	it('starts no execution if all deliveries arrive at the same time', async () => {
		const event = messageEvent();

		await Promise.all(Array.from({ length: 20 }, async () => await host.deliver(event)));

		expect(host.executions).toHaveLength(1);
	});

	it('starts no execution after a restart of n8n', async () => {
		const events = [messageEvent(), messageEvent(), messageEvent()];
		await Promise.all(events.map(async (event) => await host.deliver(event)));
		expect(host.executions).toHaveLength(3);
		await host.restart();

		for (const event of events) await host.deliver(event);

		expect(host.executions).toHaveLength(3);
	});

	it('starts an execution if Deduplicate is off', async () => {
		await host.publish({ events: ['message.created'], options: { deduplicate: false } });
		const event = messageEvent();

		await host.deliver(event);
		await host.deliver(event);

		expect(host.executions).toHaveLength(2);
	});

	describe('of a contact update without an ID and a time', () => {
		const updated = (name: string) => ({
			event: 'contact.updated',
			data: { id: 'ct_1', name, created_at: '2024-03-15T08:30:00Z' },
		});
		const names = () => host.executions.map(({ contact }) => (contact as { name: string }).name);

		beforeEach(async () => await host.publish({ events: ['contact.updated'] }));

		it('is distinguished from an update that restores an earlier state', async () => {
			for (const name of ['X', 'X', 'Y', 'Y', 'X', 'X']) await host.deliver(updated(name));

			expect(names()).toEqual(['X', 'Y', 'X']);
		});

		it('starts no execution after a restart of n8n, unlike an update that restores a state', async () => {
			await host.deliver(updated('X'));
			await host.deliver(updated('Y'));
			await host.restart();

			await host.deliver(updated('Y'));
			await host.deliver(updated('X'));

			expect(names()).toEqual(['X', 'Y', 'X']);
		});

		it('starts no execution if another update arrives while it waits for n8n', async () => {
			const start = host.pauseNextStart();
			const first = host.deliver(updated('X'));
			await start.reached;
			const repeated = host.deliver(updated('X'));
			await new Promise((resolve) => setTimeout(resolve, 100));
			await host.deliver(updated('Y'));

			start.succeed();
			await Promise.all([first, repeated]);

			expect(names().sort()).toEqual(['X', 'Y']);
		});
	});

	it('starts an execution if a filter excluded another state in between', async () => {
		const options = { conversationStatuses: ['open'] };
		await host.publish({ events: ['conversation.updated'], options });
		const updated = (status: string) => ({
			event: 'conversation.updated',
			data: { id: 'conv_1', status },
		});

		for (const status of ['open', 'pending', 'open']) await host.deliver(updated(status));

		expect(host.executions).toHaveLength(2);
	});

	it('is not assumed for two events whose envelopes have the same ID', async () => {
		const same = { envelope: { id: 'workspace_1' } };

		await host.deliver(messageEvent(same));
		await host.deliver(messageEvent(same));

		expect(host.executions).toHaveLength(2);
	});
});

describe('An event of the sandbox', () => {
	/** Adds a message of a customer, and waits for the deliveries. @returns the conversation's ID */
	const write = async (text: string) => {
		const { id } = sandbox.store.addConversation();
		sandbox.store.addIncoming(id, text);
		await sandbox.deliveries.settled();
		return id;
	};

	let seed = 0;

	beforeEach(async () => {
		// With the same seed, events of different tests would have the same IDs.
		seed += 1;
		sandbox = await openSandbox({ data: 'empty', seed, webhooks: { timeScale: 0.001 } });
		sandbox.deliveries.settings.responseTimeoutMs = 10_000;
		host = await openTriggerHost(sandbox);
		await host.publish({ events: ['message.created'] });
	});

	const ENVELOPES = [
		{ name: 'event', object: 'data', nested: true, withId: true },
		{ name: 'type', object: 'payload', nested: false, withId: false },
	] as const;

	it.each(ENVELOPES)(
		'starts an execution if its envelope has $name and $object, nested: $nested',
		async (envelope) => {
			sandbox.deliveries.settings.envelope = envelope;
			const conversation_id = await write('Halo');
			expect(host.executions).toMatchObject([
				{
					event: 'message.created',
					conversation_id,
					text: 'Halo',
					contact: { id: expect.any(String) },
				},
			]);
		},
	);

	it.each(['hex', 'prefixedHex', 'upperHex', 'base64'] as const)(
		'starts an execution if its signature is %s',
		async (signature) => {
			sandbox.deliveries.settings.signature = signature;

			await write('Halo');

			expect(host.executions).toHaveLength(1);
		},
	);

	it('starts one execution although five responses are lost', async () => {
		sandbox.deliveries.faults.add({ kind: 'dropResponse', times: 5 });

		await write('Halo');

		expect(sandbox.deliveries.log.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6]);
		expect(host.executions).toHaveLength(1);
	});

	it('starts an execution with its second delivery if n8n failed on the first', async () => {
		host.failNextStart();

		await write('Halo');

		expect(sandbox.deliveries.log.map(({ status }) => status)).toEqual([500, 200]);
		expect(host.executions).toHaveLength(1);
	});
});
