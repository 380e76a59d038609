import {
	contactOf,
	conversationIdOf,
	parseBody,
	readEvent,
} from '../../../nodes/Sahut/trigger/envelope';
import { toOutput } from '../../../nodes/Sahut/trigger/output';

const channel = { id: 'ch_1', type: 'whatsapp', name: 'WhatsApp Utama' };
const contact = { id: 'ct_1', name: 'Siti Aminah', phone: '+6281234567890' };
const conversation = { id: 'conv_1', status: 'open', channel, contact };
const sender = { type: 'contact', id: 'ct_1', name: 'Siti Aminah' };
const message = { id: 'msg_1', type: 'incoming', content: 'Halo', sender };

/** Envelopes by the names of the two fields with the event's name and its record. */
const ENVELOPES: Array<[string, (name: string, object: object) => object]> = [
	['event and data', (event, data) => ({ event, data })],
	['event and payload', (event, payload) => ({ event, payload })],
	['type and data', (type, data) => ({ type, data })],
	['type and payload', (type, payload) => ({ type, payload })],
];

/** The positions that a message may have in the record field of an envelope. */
const MESSAGES: Array<[string, object]> = [
	['next to its conversation', { message, conversation }],
	['that contains its conversation', { message: { ...message, conversation } }],
	['that is the record itself and contains its conversation', { ...message, conversation }],
	[
		'that is the record itself and contains the parts of its conversation',
		{ ...message, conversation_id: 'conv_1', channel, contact },
	],
	[
		'next to the parts of its conversation',
		{ message: { ...message, conversation_id: 'conv_1' }, channel, contact },
	],
	['next to the ID of its conversation', { message, conversation_id: 'conv_1', contact }],
];

it.each([
	['event', 'type'],
	['type', 'event'],
])('the event name is read from %s, even if %s has another text', (named, other) => {
	const body = { [named]: 'message.created', [other]: 'event', data: { message } };

	expect(readEvent(body)).toMatchObject({ name: 'message.created', object: message });
});

describe.each(ENVELOPES)('an envelope with %s', (_, envelope) => {
	it.each(MESSAGES)('contains a message %s', (__, object) => {
		const event = readEvent(envelope('message.created', object))!;

		expect(event).toMatchObject({ name: 'message.created', object: message });
		expect(conversationIdOf(event)).toBe('conv_1');
		expect(contactOf(event)).toEqual(contact);
		expect(toOutput(event, {}, false)).toMatchObject({
			event: 'message.created',
			conversation_id: 'conv_1',
			text: 'Halo',
			message,
		});
	});

	it.each<[string, object, object]>([
		[
			'conversation.resolved',
			conversation,
			{ conversation_id: 'conv_1', channel, contact, conversation },
		],
		['contact.updated', contact, { contact }],
	])('contains the record of %s itself, or in a field with its name', (name, object, parts) => {
		for (const each of [object, { [name.split('.')[0]!]: object }]) {
			const output = toOutput(readEvent(envelope(name, each)), {}, false);
			expect(output).toEqual({ event: name, event_id: null, occurred_at: null, ...parts });
		}
	});
});

describe('an event', () => {
	it('has the sender as its contact if the delivery contains no contact', () => {
		const event = readEvent({ event: 'message.created', data: { ...message } })!;

		expect(contactOf(event)).toEqual({ id: 'ct_1', name: 'Siti Aminah' });
		expect(toOutput(event, {}, false)).toMatchObject({ conversation_id: null, channel: null });
	});

	it('never has an agent as its contact', () => {
		const agent = { type: 'agent', id: 'usr_1', name: 'Dewi' };

		const event = readEvent({ event: 'message.created', data: { ...message, sender: agent } })!;

		expect(contactOf(event)).toBeUndefined();
	});

	it.each(['conv_1', 'msg_1', 'ct_1', 'ch_1', 'usr_1', 'wh_1', 'tmpl_1'])(
		'does not have the ID of a record, %s, as its event ID',
		(id) => {
			const event = readEvent({ id, event: 'message.created', data: message });

			expect(event).toMatchObject({ name: 'message.created', id: undefined });
		},
	);

	it.each([
		['that is a text', 'Halo'],
		['that is a list', [{ event: 'message.created', data: message }]],
		['that is null', null],
		['without a name', { data: message }],
		['without an object', { event: 'message.created', data: 'msg_1' }],
		['with an empty list instead of an object', { event: 'message.created', data: [] }],
		['with an empty object', { event: 'message.created', id: 17, data: {} }],
		['with an empty record', { event: 'contact.updated', data: { contact: {} } }],
		['with only the ID of a conversation', { event: 'message.created', data: { id: 'conv_1' } }],
		['with only its own ID', { event: 'contact.updated', id: 'evt_1' }],
		['about an unknown type of record', { event: 'team.created', data: { id: 'team_1' } }],
	])('is not found in a delivery %s', (_, body) => {
		expect(readEvent(body)).toBeUndefined();
	});

	it.each<[string, object]>([
		['data.object', { data: { object: message, previous_attributes: {} } }],
		['data.object, next to its conversation', { data: { object: message, conversation } }],
		['data.data', { data: { data: message } }],
		['data.object.message', { data: { object: { message, conversation } } }],
		['data, which also has a field "object"', { data: { ...message, object: { id: 17 } } }],
		['data, although it has no ID', { data: { ...message, id: undefined } }],
		['message, next to the name of the event', { message, conversation }],
	])('has its record in %s', (_, content) => {
		const event = readEvent({ id: 'evt_1', object: 'event', type: 'message.created', ...content });

		expect(event).toMatchObject({ name: 'message.created', id: 'evt_1' });
		expect(event).toMatchObject({ object: { type: 'incoming', content: 'Halo', sender } });

		const hasConversation = JSON.stringify(content).includes('conv_1');

		expect(event!.conversation).toEqual(hasConversation ? conversation : undefined);
	});

	it('can have its name in event_type', () => {
		const event = readEvent({ event_type: 'message.created', data: message });

		expect(event).toMatchObject({ name: 'message.created', object: message });
	});

	it('reads numbers as IDs', () => {
		const body = { event: 'message.created', data: { message: { ...message, id: 7 } } };

		const event = readEvent({ ...body, id: 8, conversation: { id: 9 } })!;

		expect(event).toMatchObject({ id: '8', object: { id: 7 } });
		expect(conversationIdOf(event)).toBe('9');
	});

	it('ignores a key that would change the prototype of an object', () => {
		const text =
			'{"event":"message.created","__proto__":{"private":true},"id":"msg_1","content":"a"}';

		const event = readEvent(JSON.parse(text))!;

		expect(event.object.private).toBeUndefined();
		expect(({} as Record<string, unknown>).private).toBeUndefined();
	});
});

describe('a flat delivery', () => {
	const flat = { event: 'message.created', ...message, conversation_id: 'conv_1' };

	it('has the record next to the name of the event', () => {
		const event = readEvent({ ...flat, created_at: '2026-11-24T03:00:00Z' })!;

		expect(event.object).toEqual({
			...message,
			conversation_id: 'conv_1',
			created_at: '2026-11-24T03:00:00Z',
		});
		expect(toOutput(event, {}, false)).toMatchObject({
			event: 'message.created',
			event_id: null,
			occurred_at: '2026-11-24T03:00:00Z',
			conversation_id: 'conv_1',
			text: 'Halo',
		});
	});

	it('can have the event name in the field of the message type', () => {
		const { object } = readEvent({ ...flat, event: undefined, type: 'message.created' })!;

		expect(object).toMatchObject({ id: 'msg_1', content: 'Halo' });
		expect(object).not.toHaveProperty('type');
	});

	it('with an event ID has the event time, and the ID of the record in another field', () => {
		const time = '2026-11-24T03:00:00Z';
		const body = { ...flat, id: 'evt_1', message_id: 'msg_1', created_at: time };

		const event = readEvent(body)!;

		expect(event).toMatchObject({ id: 'evt_1', time, object: { id: 'msg_1', content: 'Halo' } });
		expect(event.object).not.toHaveProperty('created_at');
	});

	it('about an update does not use the creation time of the record as the event time', () => {
		const created_at = '2024-03-15T08:30:00Z';

		const event = readEvent({ event: 'contact.updated', ...contact, created_at })!;

		expect(event).toMatchObject({ time: undefined, object: { ...contact, created_at } });
	});
});

test('a body that is not JSON is read as text', () => {
	expect(parseBody(Buffer.from('{"a":'))).toBe('{"a":');
	expect(parseBody(Buffer.from('{"a": "é"}'))).toEqual({ a: 'é' });
});

test('a byte order mark before the JSON is ignored', () => {
	expect(parseBody(Buffer.from('\uFEFF{"a": 1}'))).toEqual({ a: 1 });
});
