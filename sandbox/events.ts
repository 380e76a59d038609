import { createHmac } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
	conversationData,
	messageData,
	type Contact,
	type Conversation,
	type Message,
} from './records';

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

/** One thing that happened in the workspace. The records are the store's own: they go on changing. */
export type WorkspaceEvent =
	| { name: 'message.created'; message: Message; conversation: Conversation }
	| { name: ConversationEventName; conversation: Conversation }
	| { name: Extract<EventName, `contact.${string}`>; contact: Contact };

/** A conversation's change of anything else, such as its team, is no event. */
const REPORTED_FIELDS = ['status', 'assignee', 'labels'] as const;

/** What a change of a conversation is to webhooks. Setting what was set already is nothing. */
export function eventsOfChange(before: Conversation, after: Conversation): ConversationEventName[] {
	if (REPORTED_FIELDS.every((field) => isDeepStrictEqual(before[field], after[field]))) return [];
	const resolved = before.status !== 'resolved' && after.status === 'resolved';
	return resolved ? ['conversation.updated', 'conversation.resolved'] : ['conversation.updated'];
}

/** How an event is wrapped, which is not documented beyond that all events share it. */
export interface Envelope {
	/** The field with the event's name. */
	name: 'event' | 'type';
	/** The field with the event's object. */
	object: 'data' | 'payload';
	/**
	 * Whether the object holds records under their names (`message` with its `conversation`; `conversation`;
	 * `contact`). Otherwise it is the record itself, and a message has only its `conversation_id` beside it.
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
 * The JSON that is delivered, with the records as they are now and as the API shows them to a client
 * that reached the sandbox at `host`.
 */
export function eventBody(
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

export const SIGNATURE_HEADER = 'x-sahut-signature';

const ENCODERS = {
	hex: (digest: Buffer) => digest.toString('hex'),
	prefixedHex: (digest: Buffer) => `sha256=${digest.toString('hex')}`,
	upperHex: (digest: Buffer) => digest.toString('hex').toUpperCase(),
	base64: (digest: Buffer) => digest.toString('base64'),
} as const;

/** How the signature is written, which is not documented. */
export type SignatureEncoding = keyof typeof ENCODERS;

/** What goes into `X-Sahut-Signature`: the HMAC-SHA256 of the raw body, keyed with the secret's text. */
export function signature(
	body: string | Uint8Array,
	secret: string,
	encoding: SignatureEncoding,
): string {
	return ENCODERS[encoding](createHmac('sha256', secret).update(body).digest());
}
