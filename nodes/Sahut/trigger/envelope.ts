import type { IDataObject } from 'n8n-workflow';

import {
	findNestedRecord,
	firstObject,
	firstText,
	isIdOfRecord,
	isObject,
	layersOf,
	splitFlatBody,
	SUBJECTS,
	type Subject,
} from './records';

/** Fields of a delivery that may contain the event's name. */
export const NAME_FIELDS = ['event', 'event_type', 'type'] as const;

/**
 * The format of an event's name. All documented names have two parts; `ping` is a common name for a test
 * delivery. Another text, such as `incoming` or `webhook`, is not necessarily a name.
 */
const NAME = /^(?:ping|[a-z_]+\.[a-z_]+)$/;

const BYTE_ORDER_MARK = /^\uFEFF/;

/** An event and its record, read from a delivery. */
export interface SahutEvent {
	/** e.g. `message.created`. */
	name: string;
	/** The ID of the event; the same in each delivery of it. */
	id?: string;
	/** When the event happened, according to the envelope. */
	time?: string;
	/** The kind of the record. */
	subject: Subject;
	/** The record as Sahut sent it. */
	object: IDataObject;
	/** The conversation and the contact of the record, as far as the delivery contains them. */
	conversation?: IDataObject;
	contact?: IDataObject;
	/** The ID of the conversation, if it is next to the record. */
	conversationId?: string;
}

/** Parses the body of a delivery. Returns the text if it is not JSON. */
export function parseBody(rawBody: Buffer): unknown {
	const text = rawBody.toString('utf8');
	try {
		return JSON.parse(text.replace(BYTE_ORDER_MARK, ''));
	} catch {
		return text;
	}
}

/** Returns the kind of record that an event is about, by its name. */
function subjectOf(name?: string): Subject | undefined {
	return SUBJECTS.find((subject) => name?.startsWith(`${subject}.`));
}

/** Returns the name of a delivery's event; undefined if no field has one. */
export function nameOf(body: unknown): string | undefined {
	if (!isObject(body)) return undefined;
	const texts = NAME_FIELDS.map((field) => firstText(body[field]));
	const names = texts.filter((text) => text !== undefined && NAME.test(text));
	return names.find(subjectOf) ?? names[0];
}

/**
 * Reads a delivery. The names of its fields are not confirmed (API reference, "Open points"), so the record
 * may be nested or next to the event's name.
 *
 * @returns undefined if the delivery has no event about a message, conversation or contact, or if its
 * record cannot be identified.
 */
export function readEvent(body: unknown): SahutEvent | undefined {
	const name = nameOf(body);
	const subject = subjectOf(name);
	if (!isObject(body) || name === undefined || subject === undefined) return undefined;

	const layers = layersOf(body);
	const nested = findNestedRecord(subject, layers);
	const nameFields = NAME_FIELDS.filter((field) => body[field] === name);
	const { record, envelope } = nested
		? { record: nested, envelope: body }
		: (splitFlatBody(subject, body, nameFields) ?? {});
	if (!record || !envelope) return undefined;

	const about = (other: 'conversation' | 'contact', ...more: unknown[]) =>
		subject === other
			? record
			: firstObject(...layers.map((layer) => layer[other]), record[other], ...more);
	const conversation = about('conversation');
	const isOfEvent = (id: unknown) => firstText(id) !== firstText(record.id) && !isIdOfRecord(id);
	return {
		name,
		id: firstText(...[envelope.id, envelope.event_id].filter(isOfEvent)),
		time: firstText(
			envelope.created_at,
			envelope.timestamp,
			envelope.occurred_at,
			name.endsWith('.created') && record.created_at,
		),
		subject,
		object: record,
		conversation,
		contact: about('contact', conversation?.contact),
		conversationId: firstText(...layers.map(({ conversation_id }) => conversation_id)),
	};
}

/** Returns the ID of the conversation that an event belongs to. A contact belongs to none. */
export function conversationIdOf(event: SahutEvent): string | undefined {
	const { object, conversation, conversationId } = event;
	return firstText(conversation?.id, object.conversation_id, conversationId);
}

/** Returns the sender type of a message: `contact`, `agent` or `bot`. */
export function senderTypeOf({ object }: SahutEvent): string | undefined {
	return isObject(object.sender) ? firstText(object.sender.type) : undefined;
}

/** Returns the contact of an event: its record if the delivery has one, otherwise the sender of the message. */
export function contactOf(event: SahutEvent): IDataObject | undefined {
	if (event.contact) return event.contact;
	const { sender } = event.object;
	if (!isObject(sender) || senderTypeOf(event) !== 'contact') return undefined;
	return { id: sender.id, name: sender.name };
}

/** Returns the channel of an event's conversation, as far as the delivery contains it. */
export function channelOf({ object, conversation }: SahutEvent): IDataObject | undefined {
	return firstObject(conversation?.channel, object.channel);
}
