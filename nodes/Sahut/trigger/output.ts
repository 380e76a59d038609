import type { IDataObject } from 'n8n-workflow';

import { channelOf, contactOf, conversationIdOf, explainUnread, type SahutEvent } from './envelope';

/**
 * What the workflow gets: the event, the object that it is about under that object's name, and at
 * fixed places what people map next, whatever the fields of the delivery are called. What a delivery
 * does not say is null. One that cannot be read comes with its body, and with what was looked for in it.
 */
export function toOutput(
	event: SahutEvent | undefined,
	body: unknown,
	includeBody: boolean,
): IDataObject {
	if (!event) return { event: null, looked_for: explainUnread(body), body: body as IDataObject };
	const { name, id = null, time = null, subject, object, conversation } = event;
	return {
		event: name,
		...(subject !== 'contact' && { conversation_id: conversationIdOf(event) ?? null }),
		contact: contactOf(event) ?? null,
		...(subject === 'message' && { text: object.content ?? null }),
		...(subject !== 'contact' && { channel: channelOf(event) ?? null }),
		occurred_at: time,
		event_id: id,
		...(subject === 'message' && conversation && { conversation }),
		[subject]: object,
		...(includeBody && { body: body as IDataObject }),
	};
}
