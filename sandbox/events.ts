import { createHmac } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
	conversationData,
	messageData,
	type Contact,
	type Conversation,
	type Message,
} from './records';

/** The events to which a webhook can subscribe. */
export const EVENT_NAMES = [
	'message.created',
	'conversation.created',
	'conversation.updated',
	'conversation.resolved',
	'contact.created',
	'contact.updated',
] as const;

export type EventName = (typeof EVENT_NAMES)[number];

type ConversationEventName = Extract<EventName, `conversation.${string}`>;

/** An event of the workspace. The records are those of the store, and may change later. */
export type WorkspaceEvent =
	| { name: 'message.created'; message: Message; conversation: Conversation }
	| { name: ConversationEventName; conversation: Conversation }
	| { name: Extract<EventName, `contact.${string}`>; contact: Contact };

/** Changes of other fields, such as the team, trigger no event. */
const REPORTED_FIELDS = ['status', 'assignee', 'labels'] as const;

/** Returns the names of the events that a change of a conversation triggers. */
export function eventsForChange(
	before: Conversation,
	after: Conversation,
): ConversationEventName[] {
	if (REPORTED_FIELDS.every((field) => isDeepStrictEqual(before[field], after[field]))) return [];
	const resolved = before.status !== 'resolved' && after.status === 'resolved';
	return resolved ? ['conversation.updated', 'conversation.resolved'] : ['conversation.updated'];
}

/** The format of an event's envelope. Sahut documents only that all events have the same. */
export interface Envelope {
	/** The field with the event's name. */
	name: 'event' | 'type';
	/** The field with the event's object. */
	object: 'data' | 'payload';
	/**
	 * Whether the object contains records under their names (`message` with its `conversation`;
	 * `conversation`; `contact`). Otherwise it is the record itself, and a message has only `conversation_id`.
	 */
	nested: boolean;
	/** Whether the event has an `id`. */
	withId: boolean;
}

function eventObject(event: WorkspaceEvent, host: string, nested: boolean): object {
	if ('contact' in event) return nested ? { contact: event.contact } : event.contact;
	const conversation = conversationData(event.conversation);
	if (!('message' in event)) return nested ? { conversation } : conversation;
	const message = messageData(event.message, host);
	return nested ? { message, conversation } : { ...message, conversation_id: conversation.id };
}

/**
 * Serializes an event for delivery, with the present state of its records.
 * @param event the event
 * @param metadata.host the host and port for the URLs of attachments
 */
export function serializeEvent(
	event: WorkspaceEvent,
	{ id, createdAt, host }: { id: string; createdAt: string; host: string },
	{ name, object, nested, withId }: Envelope,
): string {
	return JSON.stringify({
		...(withId && { id }),
		[name]: event.name,
		created_at: createdAt,
		[object]: eventObject(event, host, nested),
	});
}

/** The header of a delivery that contains its signature. */
export const SIGNATURE_HEADER = 'x-sahut-signature';

const ENCODERS = {
	hex: (digest: Buffer) => digest.toString('hex'),
	prefixedHex: (digest: Buffer) => `sha256=${digest.toString('hex')}`,
	upperHex: (digest: Buffer) => digest.toString('hex').toUpperCase(),
	base64: (digest: Buffer) => digest.toString('base64'),
} as const;

/** The encoding of the signature, which is not documented. */
export type SignatureEncoding = keyof typeof ENCODERS;

/** Computes the value of `X-Sahut-Signature`: the HMAC-SHA256 of the raw body, keyed with the secret. */
export function signBody(
	body: string | Uint8Array,
	secret: string,
	encoding: SignatureEncoding,
): string {
	return ENCODERS[encoding](createHmac('sha256', secret).update(body).digest());
}
