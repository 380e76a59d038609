import type { IDataObject } from 'n8n-workflow';

import type { Sahut } from '../../runtime/operation';
import { isMethodNotAllowed } from '../../transport/errors';
import type { Conversation, SahutClient, SahutRequest } from '../../transport/types';
import { hasValues } from '../hasValues';

/** What can be changed of a conversation (API reference, "Conversations"). */
export type ConversationChanges = {
	status?: string;
	/** null takes the assignee away. */
	assignee_id?: string | null;
	team_id?: string;
	/** Replaces all that there are. */
	labels?: string[];
};

export function getConversationRequest(conversationId: string): SahutRequest {
	return {
		method: 'GET',
		path: ['conversations', conversationId],
		expects: 'record',
		subject: `conversation "${conversationId}"`,
	};
}

/** A team cannot be seen in a conversation, so a change of it is never known to have been made. */
async function findUpdated(
	sahut: SahutClient,
	conversationId: string,
	changes: IDataObject,
): Promise<IDataObject | undefined> {
	const { data } = await sahut.request<Conversation>(getConversationRequest(conversationId));
	const assignee_id = data.assignee?.id ?? null;
	return hasValues({ ...data, assignee_id }, changes) ? { ...data } : undefined;
}

/** After a lost answer, the conversation itself tells whether it has been changed. */
function updateConversationRequest(
	conversationId: string,
	changes: ConversationChanges,
	method: SahutRequest['method'],
): SahutRequest {
	return {
		method,
		path: ['conversations', conversationId],
		body: changes,
		expects: 'record',
		subject: `conversation "${conversationId}"`,
		advice: { 422: 'Check the status and the IDs of the assignee and the team for this item.' },
		findWritten: async (sahut, trace) => await findUpdated(sahut, conversationId, trace.body),
	};
}

/**
 * Changes a conversation. The verb is not documented: where Sahut does not know it, nothing was done, and
 * once the other one has worked, it is that from then on.
 *
 * @throws NodeApiError as {@link SahutClient.request} does.
 */
export async function updateConversation(
	conversationId: string,
	changes: ConversationChanges,
	sahut: Sahut,
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
