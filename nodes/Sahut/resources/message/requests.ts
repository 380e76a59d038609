import type { IDataObject } from 'n8n-workflow';

import type { SahutRequest, Write } from '../../transport/types';
import { findSentMessage, type SentFromHere } from './findSent';

const USE_A_TEMPLATE =
	'If the customer has not written within the last 24 hours, WhatsApp only accepts an approved template: set Message Type to WhatsApp Template, or to Text, or Template After 24 Hours. Otherwise check the template ID and its variables.';

/** How a message is written into a conversation (API reference, "Messages"). */
export function writeInto(conversationId: string): Write {
	return { method: 'POST', path: ['conversations', conversationId, 'messages'] };
}

/**
 * `POST /conversations/{id}/messages`. A message whose answer is lost is looked for, not repeated.
 *
 * @param room what this process knows of such messages
 */
export function sendMessageRequest(
	conversationId: string,
	body: IDataObject,
	room: SentFromHere,
): SahutRequest {
	return {
		...writeInto(conversationId),
		body,
		expects: 'record',
		subject: `conversation "${conversationId}"`,
		advice: { 422: USE_A_TEMPLATE },
		parentId: conversationId,
		findWritten: async (sahut, trace) => await findSentMessage(sahut, conversationId, trace, room),
	};
}
