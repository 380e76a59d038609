import { findCreatedByItem, getConversation, type NewConversation } from '../api/conversations';
import type { ItemClient } from '../api/itemClient';
import { CLOCK_TOLERANCE_MS } from '../api/recordTimes';
import type { KnownConversation } from '../processCache/conversationIndex';
import { undefinedIfNotFound } from '../transport/errors';
import { getPhoneMessageKey, type Recipient } from './recipient';
import { hasWindow, WINDOW_MS } from './replyWindow';

/** A conversation of a recipient, as far as it is known. */
export type Candidate = Pick<KnownConversation, 'id'> & Partial<KnownConversation>;

/** The conversations to consider for a message. */
export interface Candidates {
	/** Those that may contain or receive the message; the latest activity first. */
	conversations: Candidate[];
	/** The only one that may receive the message: given, created by the item, or used by this run before. */
	pinned?: Candidate;
	/** Whether it is certain that `conversations` lacks none. */
	isComplete: boolean;
	/** Reads a conversation again unless that was just done: whether it has changed, or is not theirs. */
	recheck(candidate: Candidate): Promise<'same' | 'changed' | 'gone'>;
}

export const isOpen = ({ status }: Candidate) => status === 'open' || status === 'pending';

/** Returns the body that creates a recipient's conversation. */
export function toNewConversation(
	{ channelId: channel_id, assigneeId }: Recipient,
	contact_id: string,
): NewConversation {
	return { contact_id, channel_id, ...(assigneeId && { assignee_id: assigneeId }) };
}

/** Returns since when resolved conversations matter, by Sahut's clock, in ms; Infinity if they do not. */
function resolvedSince(recipient: Recipient, retrySentAt: number, sahut: ItemClient): number {
	const { content, channelId, reuseOpenConversation } = recipient;
	const { skipWithinMs = 0, reuseResolvedWithinMs = 0 } = recipient;
	const { channelType } = sahut.cache.conversationIndex(channelId);
	const needsWindow = content.text && (reuseOpenConversation || !content.template);
	const windowMs = needsWindow && hasWindow(channelType) ? WINDOW_MS : 0;
	const ageMs = Math.max(windowMs, skipWithinMs, reuseResolvedWithinMs) || -Infinity;
	return Math.min(sahut.serverNow() - ageMs, sahut.toServerTime(retrySentAt)) - CLOCK_TOLERANCE_MS;
}

/**
 * Collects the conversations of these contacts on the channel. Checks those that are known to be open.
 * Reads the channel's list only if none of them is open any more, or for a *Retry* without a ledger.
 *
 * @param rejected IDs of conversations to ignore
 * @throws NodeApiError if conversations cannot be read
 */
export async function findCandidates(
	contactIds: string[],
	recipient: Recipient,
	sahut: ItemClient,
	rejected: string[],
): Promise<Candidates> {
	if (contactIds.length === 0) {
		return { conversations: [], isComplete: true, recheck: async () => 'gone' };
	}
	const { channelId, content, reuseOpenConversation, dryRun } = recipient;
	const index = sahut.cache.conversationIndex(channelId);
	const past = sahut.past(getPhoneMessageKey(recipient));
	const retrySentAt = past.kind === 'retryWithoutLedger' && !dryRun ? past.sentAt : Infinity;
	const since = resolvedSince(recipient, retrySentAt, sahut);
	const findKnown = (id: unknown) =>
		index.findByContacts(contactIds).find((each) => each.id === id);

	const checked = new Set<string>();

	/** Reads a conversation. @returns undefined if it was deleted, or has another contact or channel now */
	async function check({ id, contactId }: Pick<KnownConversation, 'id' | 'contactId'>) {
		checked.add(id);
		const conversation = await getConversation(sahut, id).catch(undefinedIfNotFound);
		const { contact, channel } = conversation ?? {};
		const belongsToRecipient = contactIds.includes(contact?.id ?? contactId);
		if (conversation && belongsToRecipient && (channel?.id ?? channelId) === channelId) {
			index.update(conversation, 'record', contactId);
		} else index.remove(id, contactId);
		return findKnown(id);
	}

	async function findPinned(): Promise<KnownConversation | undefined> {
		const created = findCreatedByItem(toNewConversation(recipient, contactIds[0]!), sahut);
		if (created) {
			const { id } = created.conversation;
			if (!findKnown(id)) index.update(created.conversation, 'record', contactIds[0]);
			return findKnown(id);
		}
		const latestInRun = reuseOpenConversation
			? sahut.latestInRun(getPhoneMessageKey(recipient))
			: undefined;
		const { conversation_id, contact_id } = latestInRun?.context ?? {};
		const sentInto = { id: String(conversation_id), contactId: String(contact_id) };
		return conversation_id ? await check(sentInto) : undefined;
	}

	/** Checks the conversations that are known to be open: until one still is, or all for a text. */
	async function checkOpenConversations(): Promise<boolean> {
		let found = false;
		for (const each of index.findByContacts(contactIds).filter(isOpen)) {
			const current = await check(each);
			found ||= current !== undefined && isOpen(current);
			// A text goes where the customer has written last.
			if (found && !content.text) break;
		}
		return found;
	}

	const pinned = await findPinned();
	const needsConversations = reuseOpenConversation || since < Infinity || !content.template;
	const startedAt = sahut.toServerTime(sahut.tryStartedAt);
	// An open conversation does not show what is in others: they must have been read once.
	const isRetry = retrySentAt < Infinity;
	let isRead = isRetry || recipient.skipWithinMs !== undefined;
	const asOf = isRetry ? startedAt : -Infinity;
	if (isRead && !index.isComplete(since, asOf)) await index.refresh(sahut, since);
	// The run's own conversation may be closed, and another execution may have sent into a newer one.
	const mayLackOthers =
		pinned !== undefined && !isOpen(pinned) && recipient.skipWithinMs !== undefined;
	if (needsConversations && (!pinned || mayLackOthers) && !(await checkOpenConversations())) {
		isRead = true;
		await index.refresh(sahut, since);
		await checkOpenConversations();
	}
	const matters = ({ id, status, activeAt }: KnownConversation) =>
		(status !== 'resolved' || activeAt >= since || id === pinned?.id) && !rejected.includes(id);
	return {
		conversations: index.findByContacts(contactIds).filter(matters),
		pinned,
		isComplete: !isRead || since === Infinity || index.isComplete(since),
		async recheck({ id }) {
			const candidate = findKnown(id);
			if (!candidate || checked.has(id) || id === pinned?.id) return candidate ? 'same' : 'gone';
			const { status } = candidate;
			const current = await check(candidate);
			if (!current) return 'gone';
			return current.status === status ? 'same' : 'changed';
		},
	};
}
