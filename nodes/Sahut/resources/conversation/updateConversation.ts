import type { IDataObject } from 'n8n-workflow';

import type { ItemClient } from '../../runtime/operation';
import { isMethodNotAllowed } from '../../transport/errors';
import type { SahutRequest } from '../../transport/types';
import { updateConversationRequest, type ConversationChanges } from './requests';

/**
 * Changes a conversation. The verb is not documented: where Sahut does not know it, nothing was done, and
 * once the other one has worked, it is that from then on.
 *
 * @throws NodeApiError as `SahutClient.request` does.
 */
export async function updateConversation(
	conversationId: string,
	changes: ConversationChanges,
	sahut: ItemClient,
): Promise<IDataObject> {
	const { habits } = sahut.workspace;
	const updateBy = async (method: SahutRequest['method']) => {
		const request = updateConversationRequest(conversationId, changes, method);
		return (await sahut.request<IDataObject>(request)).data;
	};
	const method = habits.updateMethod;
	return await updateBy(method).catch(async (error: unknown) => {
		if (method !== 'PUT' || !isMethodNotAllowed(error)) throw error;
		const conversation = await updateBy('PATCH');
		habits.updateMethod = 'PATCH';
		return conversation;
	});
}
