import type { IDataObject } from 'n8n-workflow';

import { byAge } from '../../transport/byAge';
import { fromBothEnds, openPages } from '../../transport/pages';
import { collect, type Wanted } from '../../transport/pagination';
import type { Conversation, SahutClient, SahutRequest, WriteTrace } from '../../transport/types';
import { canComeOf, writtenSince } from '../../transport/writtenSince';

/** How many pages of a channel's conversations to look through for one that may have been made. */
const MAX_PAGES = 20;

/** `POST /conversations` (API reference, "Conversations"), without its first message. */
export type NewConversation = IDataObject & {
	contact_id: string;
	channel_id: string;
	assignee_id?: string;
};

/**
 * Some conversations of a channel. The API cannot look them up by contact, and does not say in which
 * order it lists them: a new one is likely at either end.
 */
async function fetchFromBothEnds(
	sahut: SahutClient,
	channel_id: string,
	wanted: Wanted<Conversation>,
): Promise<Conversation[]> {
	const pages = openPages<Conversation>(sahut, {
		path: ['conversations'],
		query: { channel_id },
		subject: `channel "${channel_id}"`,
	});
	return await collect(pages, fromBothEnds(pages, MAX_PAGES), wanted);
}

/**
 * The conversations of a channel in which something has happened since the traced write, the oldest
 * first, as far as the list shows them at either end. In a retry, they are read once for all items.
 */
export async function fetchTouched(
	sahut: SahutClient,
	channelId: string,
	trace: WriteTrace,
): Promise<Conversation[]> {
	const isTouched = ({ created_at, updated_at }: Conversation) =>
		!(Date.parse(updated_at ?? created_at) < writtenSince(sahut, trace));
	const fetch = async () =>
		await fetchFromBothEnds(sahut, channelId, { limit: Infinity, keep: isTouched });
	const touched = await (trace.share?.(`conversations on ${channelId} since`, fetch) ?? fetch());
	return touched.toReversed().sort(byAge);
}

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
