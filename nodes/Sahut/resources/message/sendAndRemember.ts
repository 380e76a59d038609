import type { IDataObject } from 'n8n-workflow';

import type { ItemClient } from '../../runtime/operation';
import { mayHaveArrived } from '../../transport/errors';
import type { SahutRequest, Sender } from '../../transport/types';
import { forget, remember, type SentMessage } from '../../workspace/sentMessages';

/**
 * Sends a message, and has it remembered for other executions of this process.
 *
 * @param request of `sendMessageRequest`
 * @throws NodeApiError as `SahutClient.request` does.
 */
export async function sendAndRemember(
	request: SahutRequest,
	conversationId: string,
	sahut: ItemClient,
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
