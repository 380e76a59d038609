import type { ItemClient } from '../../runtime/operation';
import { undefinedIfNotFound } from '../../transport/errors';
import type { Conversation } from '../../transport/types';
import type { Found } from '../../workspace/formerConversations';
import { OPEN_STATUSES } from '../../workspace/openConversations';
import { getConversationRequest } from '../conversation/requests';
import { learnKind } from './channelKind';
import { whatItSays, type Outgoing } from './content';
import { findWhereSent, findWhereSentBefore } from './whereSent';

/** Who a message is for, and how to reach them where there is no conversation yet. */
export interface Recipient extends Outgoing {
	/** E.164. */
	phone: string;
	/** What a 0 at the beginning of a national number stands for. */
	countryCode: string;
	channelId: string;
	/** For a new contact; empty when not given. */
	contactName: string;
	/** For a new conversation; empty when not given. */
	assigneeId: string;
	reuseOpenConversation: boolean;
	/** Who has one of these is not written to. */
	skipContactTags: string[];
}

/** The conversation as it is now, if a message to one of these contacts can still join it. */
export async function ifStillOpen(
	id: string,
	contactIds: string[],
	channelId: string,
	sahut: ItemClient,
): Promise<Conversation | undefined> {
	const answer = await sahut
		.request<Conversation>(getConversationRequest(id))
		.catch(undefinedIfNotFound);
	const data = answer?.data;
	if (data) learnKind(data, channelId, sahut);
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
	channelId: string,
	sahut: ItemClient,
): Promise<Found | undefined> {
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
 * The conversation of these contacts into which a message goes, or has gone; `has` is what it says,
 * if it has gone there before; `isOpen` tells whether there is an open one, also where it shall not be
 * used.
 *
 * @throws NodeApiError when conversations cannot be read; UserError when it cannot be told whether one
 * has the message
 */
export async function findConversation(
	contactIds: string[],
	recipient: Recipient,
	sahut: ItemClient,
): Promise<{ found?: Found & { has?: string }; isOpen: boolean }> {
	const { channelId, reuseOpenConversation, content, skipWithinMs } = recipient;
	const sent = await findWhereSent(contactIds, recipient, sahut);
	if (sent) return { found: sent, isOpen: true };
	const isAsked = reuseOpenConversation || skipWithinMs !== undefined || !content.template;
	const open = isAsked ? await findOpenConversation(contactIds, channelId, sahut) : undefined;
	const used = reuseOpenConversation ? open : undefined;
	const before = await findWhereSentBefore(contactIds, recipient, used?.id, sahut);
	const found = before ? { ...before, has: whatItSays(content) } : used;
	return { found, isOpen: open !== undefined };
}
