import type { IDataObject } from 'n8n-workflow';

import type { SahutClient } from '../../transport/client';
import { fromBothEnds, openPages } from '../../transport/pages';
import { collect } from '../../transport/pagination';
import type { Conversation, SahutRequest, WriteTrace } from '../../transport/types';
import { canComeOf } from '../../transport/writtenSince';

/** How many pages of a channel's conversations to look through for one that may have been made. */
const MAX_PAGES = 20;

/** `POST /conversations` (API reference, "Conversations"), without its first message. */
export type NewConversation = IDataObject & {
	contact_id: string;
	channel_id: string;
	assignee_id?: string;
};

/**
 * Looks, once, whether a conversation was made although the answer did not arrive. The API cannot
 * look conversations up by contact, and does not say in which order it lists them: a new one is
 * likely at either end.
 */
async function findCreated(
	sahut: SahutClient,
	{ contact_id, channel_id }: NewConversation,
	trace: WriteTrace,
): Promise<IDataObject | undefined> {
	const pages = openPages<Conversation>(sahut, {
		path: ['conversations'],
		query: { channel_id },
		subject: `channel "${channel_id}"`,
	});
	const [created] = await collect(pages, fromBothEnds(pages, MAX_PAGES), {
		limit: 1,
		keep: (conversation) =>
			conversation.contact.id === contact_id && canComeOf(conversation, sahut, trace),
	});
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
		isRecognizable: true,
		findWritten: async (sahut, trace) => await findCreated(sahut, body, trace),
	};
}
