import { isDeepStrictEqual } from 'node:util';
import type { Contact, Conversation, Message } from './records';

export const EVENT_NAMES = [
	'message.created',
	'conversation.created',
	'conversation.updated',
	'conversation.resolved',
	'contact.created',
	'contact.updated',
] as const;

export type EventName = (typeof EVENT_NAMES)[number];

export type ConversationEventName = Extract<EventName, `conversation.${string}`>;

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
