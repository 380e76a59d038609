import {
	contactOf,
	conversationIdOf,
	parseBody,
	readEvent,
} from '../../nodes/Sahut/trigger/envelope';
import { toOutput } from '../../nodes/Sahut/trigger/output';

const channel = { id: 'ch_1', type: 'whatsapp', name: 'WhatsApp Utama' };
const contact = { id: 'ct_1', name: 'Siti Aminah', phone: '+6281234567890' };
const conversation = { id: 'conv_1', status: 'open', channel, contact };
const sender = { type: 'contact', id: 'ct_1', name: 'Siti Aminah' };
const message = { id: 'msg_1', type: 'incoming', content: 'Halo', sender };

/** The names that the two fields of the envelope may have. */
const ENVELOPES: Array<[string, (name: string, object: object) => object]> = [
	['event and data', (event, data) => ({ event, data })],
	['event and payload', (event, payload) => ({ event, payload })],
	['type and data', (type, data) => ({ type, data })],
	['type and payload', (type, payload) => ({ type, payload })],
];

/** What the object of a message event may look like. */
const MESSAGES: Array<[string, object]> = [
	['beside its conversation', { message, conversation }],
	['with its conversation inside', { message: { ...message, conversation } }],
	['as the object itself, with its conversation', { ...message, conversation }],
	[
		'with the IDs and parts of its conversation',
		{ ...message, conversation_id: 'conv_1', channel, contact },
	],
	[
		'beside the parts of its conversation',
		{ message: { ...message, conversation_id: 'conv_1' }, channel, contact },
	],
];

it.each([
	['event', 'type'],
	['type', 'event'],
])('the name of the event may be in %s, and something else in %s', (named, other) => {
	const body = { [named]: 'message.created', [other]: 'event', data: { message } };
	expect(readEvent(body)).toMatchObject({ name: 'message.created', object: message });
});

describe.each(ENVELOPES)('an envelope with %s', (_, envelope) => {
	it.each(MESSAGES)('holds a message %s', (__, object) => {
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
	])('holds the object of %s itself, or under its name', (name, object, parts) => {
		for (const each of [object, { [name.split('.')[0]!]: object }]) {
			const output = toOutput(readEvent(envelope(name, each)), {}, false);
			expect(output).toEqual({ event: name, event_id: null, occurred_at: null, ...parts });
		}
	});
});

describe('an event', () => {
	it('names its sender as the contact where nothing else does', () => {
		const event = readEvent({ event: 'message.created', data: { ...message } })!;
		expect(contactOf(event)).toEqual({ id: 'ct_1', name: 'Siti Aminah' });
		expect(toOutput(event, {}, false)).toMatchObject({ conversation_id: null, channel: null });
	});

	it('takes no agent for the contact', () => {
		const agent = { type: 'agent', id: 'usr_1', name: 'Dewi' };
		const event = readEvent({ event: 'message.created', data: { ...message, sender: agent } })!;
		expect(contactOf(event)).toBeUndefined();
	});

	it.each(['conv_1', 'msg_1', 'ct_1', 'ch_1', 'usr_1', 'wh_1', 'tmpl_1'])(
		'does not have the ID of a record, %s, for its own',
		(id) => {
			const event = readEvent({ id, event: 'message.created', data: message });
			expect(event).toMatchObject({ name: 'message.created', id: undefined });
		},
	);

	it.each([
		['a text', 'Halo'],
		['a list', [{ event: 'message.created', data: message }]],
		['nothing', null],
		['without a name', { data: message }],
		['without an object', { event: 'message.created', data: 'msg_1' }],
		['about something else', { event: 'team.created', data: { id: 'team_1' } }],
	])('is not found in %s', (_, body) => {
		expect(readEvent(body)).toBeUndefined();
	});
});

test('a body that is not JSON stays the text that it is', () => {
	expect(parseBody(Buffer.from('{"a":'))).toBe('{"a":');
	expect(parseBody(Buffer.from('{"a": "é"}'))).toEqual({ a: 'é' });
});
