import type { IDataObject } from 'n8n-workflow';

import { channelOf, firstText, senderTypeOf, type SahutEvent } from './envelope';

/** What starts a workflow; an empty list lets everything through. */
export interface Filters {
	events: string[];
	/** `incoming`, `outgoing`, `activity`; for messages. */
	messageTypes: string[];
	/** `contact`, `agent`, `bot`; for messages. */
	senderTypes: string[];
	/** For messages and conversations. */
	channelIds: string[];
	/** `open`, `pending`, `resolved`, `snoozed`; for messages and conversations. */
	conversationStatuses: string[];
}

function isAmong(wanted: string[], value: string | undefined): boolean {
	return wanted.length === 0 || (value !== undefined && wanted.includes(value));
}

/** `incoming` and so on; where a message does not say it, its sender does. */
function messageTypeOf(event: SahutEvent): string | undefined {
	const sender = senderTypeOf(event);
	const bySender = sender && (sender === 'contact' ? 'incoming' : 'outgoing');
	return firstText(event.object.type, bySender);
}

function readConversation(event: SahutEvent) {
	return {
		channelId: firstText(channelOf(event)?.id, event.object.channel_id),
		status: firstText(event.conversation?.status),
	};
}

/**
 * Whether an event starts the workflow. What a delivery says of its conversation is not documented:
 * where a filter asks for more than it says, the conversation is fetched.
 *
 * @throws whatever `fetchConversation` throws.
 */
export async function passes(
	event: SahutEvent,
	filters: Filters,
	fetchConversation: () => Promise<IDataObject>,
): Promise<boolean> {
	if (!isAmong(filters.events, event.name)) return false;
	if (event.subject === 'contact') return true;
	if (event.subject === 'message') {
		if (!isAmong(filters.messageTypes, messageTypeOf(event))) return false;
		if (!isAmong(filters.senderTypes, senderTypeOf(event))) return false;
	}
	const inHand = readConversation(event);
	const isEnough =
		(filters.channelIds.length === 0 || inHand.channelId !== undefined) &&
		(filters.conversationStatuses.length === 0 || inHand.status !== undefined);
	const { channelId, status } = isEnough
		? inHand
		: readConversation({ ...event, conversation: await fetchConversation() });
	return isAmong(filters.channelIds, channelId) && isAmong(filters.conversationStatuses, status);
}
