import type { IDataObject } from 'n8n-workflow';

import type { SahutRequest } from '../../transport/types';
import type { Habits } from '../../workspace';
import { findSentMessage } from './findSent';

const USE_A_TEMPLATE =
	'If the customer has not written within the last 24 hours, WhatsApp only accepts an approved template: set Message Type to WhatsApp Template, or to Text, or Template After 24 Hours. Otherwise check the template ID and its variables.';

/**
 * `POST /conversations/{id}/messages`. A message whose answer is lost is looked for, not repeated.
 *
 * @param habits who the sender of such messages is, as far as it is known
 */
export function sendRequest(
	conversationId: string,
	body: IDataObject,
	habits?: Pick<Habits, 'senderId'>,
): SahutRequest {
	return {
		method: 'POST',
		path: ['conversations', conversationId, 'messages'],
		body,
		expects: 'record',
		subject: `conversation "${conversationId}"`,
		advice: { 422: USE_A_TEMPLATE },
		parentId: conversationId,
		findWritten: async (sahut, trace) =>
			await findSentMessage(sahut, conversationId, trace, habits),
	};
}
