import type { IDataObject } from 'n8n-workflow';

import type { Sahut } from '../../runtime/operation';
import { mayHaveArrived } from '../../transport/errors';
import type { SahutRequest, Sender } from '../../transport/types';
import { forget, remember, type SentMessage } from '../../workspace/sentMessages';
import { findSentMessage, type SentFromHere } from './findSent';

const USE_A_TEMPLATE =
	'If the customer has not written within the last 24 hours, WhatsApp only accepts an approved template: set Message Type to WhatsApp Template, or to Text, or Template After 24 Hours. Otherwise check the template ID and its variables.';

/**
 * `POST /conversations/{id}/messages`. A message whose answer is lost is looked for, not repeated.
 *
 * @param room what this process knows of such messages
 */
export function sendRequest(
	conversationId: string,
	body: IDataObject,
	room: SentFromHere,
): SahutRequest {
	return {
		method: 'POST',
		path: ['conversations', conversationId, 'messages'],
		body,
		expects: 'record',
		subject: `conversation "${conversationId}"`,
		advice: { 422: USE_A_TEMPLATE },
		parentId: conversationId,
		findWritten: async (sahut, trace) => await findSentMessage(sahut, conversationId, trace, room),
	};
}

/**
 * Sends a message, and has it remembered for other executions of this process.
 *
 * @param request of {@link sendRequest}
 * @throws NodeApiError as `SahutClient.request` does.
 */
export async function sendAndRemember(
	request: SahutRequest,
	conversationId: string,
	sahut: Sahut,
): Promise<IDataObject> {
	const sentHere = sahut.workspace.sentInto(conversationId);
	const sent: SentMessage = { body: request.body ?? {}, at: sahut.serverNow() };
	const isAnew = !sahut.wasTried(request);
	if (isAnew) remember(sentHere, sent);
	const { data } = await sahut.request<IDataObject>(request).catch((error: unknown) => {
		if (mayHaveArrived(error)) sent.at = sahut.serverNow();
		else if (isAnew) forget(sentHere, sent);
		throw error;
	});
	// It may be one that an earlier try has sent.
	Object.assign(sent, { message: data, at: Date.parse(String(data.created_at)) || sent.at });
	const { id } = (data.sender ?? {}) as Partial<Sender>;
	if (id !== undefined) sahut.workspace.habits.senderId = id;
	return data;
}
