import type { IDataObject } from 'n8n-workflow';

import type { Sahut } from '../../runtime/operation';
import { isNotFound } from '../../transport/errors';
import type { Conversation } from '../../transport/types';
import { OPEN_STATUSES } from '../../workspace/openConversations';
import { fetchTouched } from '../conversation/createConversation';
import { getConversationRequest } from '../conversation/updateConversation';
import { findSentMessage } from './findSent';

/** Who a message is for, and how to reach them where there is no conversation yet. */
export interface Recipient {
	/** E.164. */
	phone: string;
	channelId: string;
	/** For a new contact; empty when not given. */
	contactName: string;
	/** For a new conversation; empty when not given. */
	assigneeId: string;
	reuseOpenConversation: boolean;
	/** The message. */
	body: IDataObject;
}

/** A conversation, and with which of the contacts it is. */
interface Found {
	id: string;
	contactId: string;
}

/** The conversation as it is now, if a message to one of these contacts can still join it. */
export async function ifStillOpen(
	id: string,
	contactIds: string[],
	channelId: string,
	sahut: Sahut,
): Promise<Conversation | undefined> {
	const { data } = await sahut
		.request<Conversation>(getConversationRequest(id))
		.catch((error: unknown) => {
			if (isNotFound(error)) return { data: undefined };
			throw error;
		});
	const isUsable =
		OPEN_STATUSES.some((status) => status === data?.status) &&
		(data?.contact?.id === undefined || contactIds.includes(data.contact.id)) &&
		(data?.channel?.id === undefined || data.channel.id === channelId);
	return isUsable ? data : undefined;
}

/**
 * An open or pending conversation with one of these contacts, of several the one with the latest
 * activity. One that is known is looked at before it is used; only where none is known, it is read
 * what may have changed since. A contact that was made a moment ago has none.
 */
export async function findOpenConversation(
	contactIds: string[],
	{ channelId, reuseOpenConversation }: Recipient,
	sahut: Sahut,
): Promise<Found | undefined> {
	if (!reuseOpenConversation) return undefined;
	const open = sahut.workspace.openConversations(channelId);
	async function findKnown(): Promise<Found | undefined> {
		for (const { id, contactId } of open.known(contactIds)) {
			const usable = await ifStillOpen(id, contactIds, channelId, sahut);
			// Whose it is, the list has said, should the record not.
			if (usable) return { id, contactId: usable.contact?.id ?? contactId };
			open.forget(id, contactIds);
		}
		return undefined;
	}
	const known = await findKnown();
	if (known || contactIds.every(sahut.isJustMade)) return known;
	await open.refresh(sahut);
	return await findKnown();
}

/**
 * In a retry: the conversation into which another try has sent the message. It may have been resolved
 * since, or another one may have come to be the latest.
 */
export async function findWhereSent(
	contactIds: string[],
	{ channelId, body }: Recipient,
	sahut: Sahut,
): Promise<Found | undefined> {
	const trace = sahut.earlier?.(body);
	if (!trace || contactIds.every(sahut.isJustMade)) return undefined;
	const touched = (await fetchTouched(sahut, channelId, trace)).flatMap(({ id, contact }) =>
		contact && contactIds.includes(contact.id) ? { id, contactId: contact.id } : [],
	);
	// What another retry has made at this moment is newer than what was read for all items.
	const known = sahut.workspace.openConversations(channelId).known(contactIds);
	const theirs = new Map([...known, ...touched].map((each) => [each.id, each]));
	for (const { id, contactId } of theirs.values()) {
		const found = await findSentMessage(sahut, id, trace).catch((error: unknown) => {
			// It was deleted since.
			if (!isNotFound(error)) throw error;
		});
		if (found) return { id, contactId };
	}
	return undefined;
}
