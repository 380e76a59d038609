import type { IDataObject } from 'n8n-workflow';

import type { Conversation, SahutClient, SahutRequest, WriteTrace } from '../../transport/types';
import { canComeOf } from '../../transport/writtenSince';
import { hasValues } from '../hasValues';
import { fetchFromBothEnds, fetchTouched } from './fetchTouched';

/** `GET /conversations/{id}` (API reference, "Conversations"). */
export function getConversationRequest(conversationId: string): SahutRequest {
	return {
		method: 'GET',
		path: ['conversations', conversationId],
		expects: 'record',
		subject: `conversation "${conversationId}"`,
	};
}

/** `POST /conversations` (API reference, "Conversations"), without its first message. */
export type NewConversation = IDataObject & {
	contact_id: string;
	channel_id: string;
	assignee_id?: string;
};

/** Looks, once, whether a conversation was made although the answer did not arrive. */
async function findCreated(
	sahut: SahutClient,
	trace: WriteTrace,
): Promise<IDataObject | undefined> {
	const { contact_id, channel_id } = trace.body as NewConversation;
	const isWanted = (conversation: Conversation) =>
		conversation.contact?.id === contact_id && canComeOf(conversation, sahut, trace);
	const found = trace.share
		? await fetchTouched(sahut, channel_id, trace)
		: await fetchFromBothEnds(sahut, channel_id, { limit: 1, keep: isWanted });
	const created = found.find(isWanted);
	return created && { ...created };
}

/** `POST /conversations`. A conversation whose answer is lost is looked for, not made a second time. */
export function createConversationRequest(body: NewConversation): SahutRequest {
	return {
		method: 'POST',
		path: ['conversations'],
		body,
		expects: 'record',
		subject: `conversation with contact "${body.contact_id}"`,
		advice: {
			404: 'Check the IDs of the contact and of the channel.',
			422: 'Check the IDs of the contact, of the channel and, if given, of the assignee.',
		},
		target: `${body.contact_id} ${body.channel_id}`,
		parentId: body.contact_id,
		findWritten: findCreated,
	};
}

/** What can be changed of a conversation (API reference, "Conversations"). */
export type ConversationChanges = {
	status?: string;
	/** null takes the assignee away. */
	assignee_id?: string | null;
	team_id?: string;
	/** Replaces all that there are. */
	labels?: string[];
};

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

/** The verb is not documented. After a lost answer, the conversation itself tells whether it has been changed. */
export function updateConversationRequest(
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
