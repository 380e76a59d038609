import type { IDataObject } from 'n8n-workflow';

import { channelOf, contactOf, conversationIdOf, type SahutEvent } from './envelope';
import type { Verdict } from './filters';
import { explainUnreadable } from './unreadable';

/**
 * Returns the output of the trigger: the event, the record under the name of its kind, and the values
 * that most workflows need, under fixed names. A value that the delivery does not contain is null.
 *
 * For a delivery that the trigger cannot parse or cannot filter, the output is `event` null, `looked_for`
 * and the body. It has no `conversation_id`: otherwise a workflow might answer its own message.
 */
export function toOutput(
	event: SahutEvent | undefined,
	body: unknown,
	includeBody: boolean,
	unknown: Verdict['unknown'] = [],
): IDataObject {
	if (!event || unknown.length > 0) {
		const looked_for = explainUnreadable(body, event, unknown);
		return { event: null, looked_for, body: body as IDataObject };
	}
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
