import type { WorkspaceEvent } from './events';
import { conversationData } from './handlers/conversations';
import { messageData } from './handlers/messages';

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

export const DEFAULT_ENVELOPE: Readonly<Envelope> = {
	name: 'event',
	object: 'data',
	nested: true,
	withId: true,
};

function nestedObject(event: WorkspaceEvent, host: string): object {
	if ('contact' in event) return { contact: event.contact };
	const conversation = conversationData(event.conversation);
	if (!('message' in event)) return { conversation };
	return { message: messageData(event.message, host), conversation };
}

function flatObject(event: WorkspaceEvent, host: string): object {
	if ('contact' in event) return event.contact;
	if (!('message' in event)) return conversationData(event.conversation);
	return { ...messageData(event.message, host), conversation_id: event.conversation.id };
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
		[object]: nested ? nestedObject(event, host) : flatObject(event, host),
	});
}
