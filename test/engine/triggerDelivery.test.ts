import type { FaultAction } from '../../sandbox';
import { openSandbox, type OpenSandbox } from '../support/openSandbox';
import { messageEvent } from './messageEvent';
import { openTriggerHost, sign, type TriggerHost } from './triggerHost';

let sandbox: OpenSandbox;
let host: TriggerHost;

beforeEach(async () => {
	sandbox = await openSandbox({ data: 'empty' });
	host = await openTriggerHost(sandbox);
});

describe('a delivery', () => {
	beforeEach(async () => await host.publish({ events: ['message.created'] }));

	it('of Sahut starts an execution, with what people map next at fixed places', async () => {
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
	])('%s gets a 401 with nothing in it, and starts nothing', async (_, signatureOf) => {
		const body = JSON.stringify(messageEvent());
		expect(await host.deliver(body, signatureOf(body))).toEqual({ status: 401, body: '' });
		expect(host.executions).toEqual([]);
	});

	it.each(['', undefined])('gets a 401 when the stored secret is %j', async (secret) => {
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
		['is about something unknown', { event: 'team.created', data: { id: 'team_1' } }],
	])('that %s is not lost: the workflow gets its body', async (_, body) => {
		await host.deliver(body);
		expect(host.executions).toEqual([{ event: null, looked_for: expect.any(String), body }]);
	});

	it('that has no event says what was looked for where, and what is there', async () => {
		await host.deliver({ name: 'message.created', type: 7, message: { id: 'msg_1' } });
		expect(host.executions[0]!.looked_for).toBe(
			'The event’s name was looked for in "event" (not there) and "type" (there: 7): a text that begins with "message.", "conversation.", "contact.". What it is about was looked for in "data" (not there) and "payload" (not there): an object. The body has: name, type, message.',
		);
	});

	it('comes unchanged as body, if the option says so', async () => {
		await host.publish({ events: ['message.created'], options: { rawBody: true } });
		const event = messageEvent();
		await host.deliver(event);
		expect(host.executions).toMatchObject([{ text: 'Halo, berapa harganya?', body: event }]);
	});
});

const sent = (by: string) => ({
	message: { type: 'outgoing', sender: { type: by, id: 'usr_1', name: 'Dewi' } },
});
const activity = { message: { type: 'activity' } };
const unknown = { message: { type: undefined, sender: undefined } };

describe('of several messages', () => {
	type Message = Parameters<typeof messageEvent>[0];
	const onChannel2 = { conversation: { channel: { id: 'ch_2' } } };
	const pending = { conversation: { status: 'pending' } };

	it.each<[string, object, Message, Message[]]>([
		['incoming, without options', {}, {}, [sent('agent'), sent('bot'), activity, unknown]],
		[
			'of a contact, without options, also when its type is not said',
			{},
			{ message: { type: undefined } },
			[],
		],
		['of another type', { messageTypes: ['outgoing'] }, sent('agent'), [{}, activity]],
		[
			'of a sender',
			{ messageTypes: ['outgoing'], senderTypes: ['bot'] },
			sent('bot'),
			[sent('agent')],
		],
		['on a channel', { channelIds: ['ch_2', 'ch_3'] }, onChannel2, [{}]],
		['in a conversation with a status', { conversationStatuses: ['pending'] }, pending, [{}]],
		[
			'incoming, when options were emptied',
			{ messageTypes: [], channelIds: [], senderTypes: [] },
			{},
			[sent('bot')],
		],
	])('only that starts an execution that is %s', async (_, options, wanted, others) => {
		await host.publish({ events: ['message.created'], options } as never);
		const event = messageEvent(wanted);

		for (const each of [...others.map(messageEvent), event]) {
			expect(await host.deliver(each)).toMatchObject({ status: 200 });
		}

		expect(host.executions.map(({ event_id }) => event_id)).toEqual([event.id]);
	});

	it('filters keep no contact out', async () => {
		const contact = { id: 'ct_9', name: 'Rina' };
		const options = { channelIds: ['ch_2'], senderTypes: ['bot'] };
		await host.publish({ events: ['message.created', 'contact.created'], options });
		await host.deliver({ event: 'contact.created', data: contact });
		expect(host.executions).toEqual([
			{ event: 'contact.created', event_id: null, occurred_at: null, contact },
		]);
	});

	it('events that are not chosen any more are kept out', async () => {
		await host.publish({ events: ['message.created'] });
		await host.deliver({ ...messageEvent(), event: 'message.updated' });
		expect(host.executions).toEqual([]);
	});
});

describe('a filter that asks for more than the delivery says', () => {
	const flat = (conversationId: string) => ({
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

	it('looks the conversation up', async () => {
		const { id: elsewhere } = sandbox.store.addConversation({
			channel: sandbox.store.addChannel(),
		});
		for (const each of [id, elsewhere]) {
			expect(await host.deliver(flat(each))).toMatchObject({ status: 200 });
		}
		expect(host.executions).toMatchObject([{ conversation_id: id }]);
	});

	it.each<[string, FaultAction]>([
		['status 500', { kind: 'status', status: 500 }],
		['status 429', { kind: 'status', status: 429, retryAfter: 1 }],
		['nothing, and hangs up', { kind: 'dropBefore' }],
	])('lets Sahut deliver it again when it answers %s', async (_, fault) => {
		sandbox.faults.add({ method: 'GET', ...fault });
		const event = flat(id);

		expect(await host.deliver(event)).toEqual({ status: 503, body: '' });
		expect(host).toMatchObject({ executions: [], failures: [] });

		expect(await host.deliver(event)).toMatchObject({ status: 200 });
		expect(host.executions).toHaveLength(1);
	});

	it.each<[number, string, string]>([
		[401, 'Sahut does not accept the API key', 'Open the Sahut credential'],
		[403, 'The API key may not do this with conversation', 'Ask an administrator'],
		[404, 'Sahut has no conversation', 'Without Channel and Conversation Statuses'],
	])('shows it as a failed execution when Sahut answers %i', async (status, message, advice) => {
		sandbox.faults.add({ method: 'GET', kind: 'status', status });
		const event = flat(id);

		expect(await host.deliver(event)).toMatchObject({ status: 500 });
		expect(host.executions).toEqual([]);
		expect(host.failures).toMatchObject([
			{
				message: expect.stringContaining(`An event could not be filtered: ${message}`),
				description: expect.stringContaining(advice),
			},
		]);

		expect(await host.deliver(event)).toMatchObject({ status: 200 });
		expect(host.executions).toHaveLength(1);
	});
});

describe('an event that is delivered again', () => {
	beforeEach(async () => await host.publish({ events: ['message.created'] }));

	it('starts nothing either when all deliveries come at the same instant', async () => {
		const event = messageEvent();
		await Promise.all(Array.from({ length: 20 }, async () => await host.deliver(event)));
		expect(host.executions).toHaveLength(1);
	});

	it('starts nothing after a restart of n8n', async () => {
		const events = [messageEvent(), messageEvent(), messageEvent()];
		await Promise.all(events.map(async (event) => await host.deliver(event)));
		expect(host.executions).toHaveLength(3);
		await host.restart();
		for (const event of events) await host.deliver(event);
		expect(host.executions).toHaveLength(3);
	});

	it('starts an execution each time when Deduplicate is off', async () => {
		await host.publish({ events: ['message.created'], options: { deduplicate: false } });
		const event = messageEvent();
		await host.deliver(event);
		await host.deliver(event);
		expect(host.executions).toHaveLength(2);
	});

	it('is not mistaken for another one with the same ID of the workspace in its envelope', async () => {
		const same = { envelope: { id: 'workspace_1' } };
		await host.deliver(messageEvent(same));
		await host.deliver(messageEvent(same));
		expect(host.executions).toHaveLength(2);
	});
});

describe('what the sandbox delivers', () => {
	const write = async (text: string) => {
		const { id } = sandbox.store.addConversation();
		sandbox.store.addIncoming(id, text);
		await sandbox.deliveries.settled();
		return id;
	};

	let seed = 0;

	beforeEach(async () => {
		// Else the events of all tests had the same IDs.
		seed += 1;
		sandbox = await openSandbox({ data: 'empty', seed, webhooks: { timeScale: 0.001 } });
		sandbox.deliveries.settings.answerTimeoutMs = 10_000;
		host = await openTriggerHost(sandbox);
		await host.publish({ events: ['message.created'] });
	});

	const envelopes = [
		{ name: 'event', object: 'data', nested: true, withId: true },
		{ name: 'type', object: 'payload', nested: false, withId: false },
	] as const;

	it.each(envelopes)('starts an execution as $name, $object, nested: $nested', async (envelope) => {
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
	});

	it.each(['hex', 'prefixedHex', 'upperHex', 'base64'] as const)(
		'starts an execution when it is signed as %s',
		async (signature) => {
			sandbox.deliveries.settings.signature = signature;
			await write('Halo');
			expect(host.executions).toHaveLength(1);
		},
	);

	it('starts one execution although Sahut does not hear the answer, again and again', async () => {
		sandbox.deliveries.faults.add({ kind: 'dropAnswer', times: 5 });
		await write('Halo');
		expect(sandbox.deliveries.log.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6]);
		expect(host.executions).toHaveLength(1);
	});

	it('starts an execution when n8n could take only its second delivery', async () => {
		host.failNextStart();
		await write('Halo');
		expect(sandbox.deliveries.log.map(({ status }) => status)).toEqual([500, 200]);
		expect(host.executions).toHaveLength(1);
	});
});
