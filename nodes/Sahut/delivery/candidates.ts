import { findCreatedByItem, getConversation } from '../api/conversations';
import type { ItemClient } from '../api/itemClient';
import { CLOCK_TOLERANCE_MS } from '../api/recordTimes';
import type { KnownConversation } from '../processCache/conversationIndex';
import { undefinedIfNotFound } from '../transport/errors';
import type { NewConversation } from '../transport/types';
import { findIndexedIds, getPhoneMessageKey, type Recipient } from './recipient';
import { hasWindow, WINDOW_MS } from './replyWindow';

/** A conversation of a recipient. Only its ID is always known. */
export type Candidate = Pick<KnownConversation, 'id'> & Partial<KnownConversation>;

/** The conversations to consider for a message. */
export interface Candidates {
	/** The conversations that may contain or receive the message, the one with the latest activity first. */
	conversations: Candidate[];
	/**
	 * The only conversation that may receive the message, if there is one: given by the user, created by the
	 * item, or already used by this run for the same number.
	 */
	pinned?: Candidate;
	/** Whether `conversations` certainly contains all relevant conversations. */
	isComplete: boolean;
	/**
	 * Until when the states of the conversations count as just read, by this machine's clock; Infinity if each
	 * was read by its ID.
	 */
	validUntil: number;
	/**
	 * Reads a conversation again, unless it was just read.
	 *
	 * @param reading `again` to read it even if it was just read, `byId` to do so by its ID in any case
	 * @returns `changed` if anything that the plan depends on has changed; `gone` if it was deleted, or belongs to another
	 * contact or channel
	 */
	recheck(candidate: Candidate, reading?: 'again' | 'byId'): Promise<'same' | 'changed' | 'gone'>;
}

/** Whether the status of a conversation is open or pending. */
export const isOpen = ({ status }: Candidate) => status === 'open' || status === 'pending';

/** Returns the body of the request that creates a conversation with a recipient. */
export function toNewConversation(
	{ channelId: channel_id, assigneeId }: Recipient,
	contact_id: string,
): NewConversation {
	return { contact_id, channel_id, ...(assigneeId && { assignee_id: assigneeId }) };
}

/**
 * Returns the earliest activity of the resolved conversations to consider.
 *
 * @param retrySentAt the earliest time of an earlier try, by this machine's clock; Infinity if there was none
 * @returns a time by Sahut's clock, in milliseconds since the epoch; Infinity to ignore resolved conversations
 */
function getEarliestActivity(recipient: Recipient, retrySentAt: number, sahut: ItemClient): number {
	const { content, channelId, reuseOpenConversation } = recipient;
	const {
		skipWithinMs = 0,
		skipIfCustomerWroteWithinMs = 0,
		reuseResolvedWithinMs = 0,
	} = recipient;
	const { channelType } = sahut.cache.conversationIndex(channelId);
	const needsWindow = content.text && (reuseOpenConversation || !content.template);
	const windowMs = needsWindow && hasWindow(channelType) ? WINDOW_MS : 0;
	const ages = [windowMs, skipWithinMs, skipIfCustomerWroteWithinMs, reuseResolvedWithinMs];
	const ageMs = Math.max(...ages) || -Infinity;
	return Math.min(sahut.serverNow() - ageMs, sahut.toServerTime(retrySentAt)) - CLOCK_TOLERANCE_MS;
}

/**
 * Finds the conversations of these contacts on the recipient's channel.
 *
 * Reads each conversation that is known to be open, unless the index is fresh. Reads the channel's list only if
 * none of them is still open, if the user has set Skip If Sent Within, or in a *Retry* for which the ledger lacks the
 * message.
 *
 * @param rejected IDs of conversations to ignore
 * @param usesLists whether a fresh index replaces reading each conversation
 * @throws NodeApiError if a conversation or the list cannot be read
 */
export async function findCandidates(
	contactIds: string[],
	recipient: Recipient,
	sahut: ItemClient,
	rejected: string[],
	usesLists: boolean,
): Promise<Candidates> {
	const { channelId, content, reuseOpenConversation, dryRun } = recipient;
	const { skipContactTags, skipIfAssigned } = recipient;
	const index = sahut.cache.conversationIndex(channelId);
	/** Adds the contacts that only the index shows. Not if tags must be checked, since it shows none. */
	const allContactIds = () => {
		const indexed = skipContactTags.length > 0 ? [] : findIndexedIds(recipient, sahut);
		return [...new Set([...contactIds, ...indexed])];
	};
	if (contactIds.length === 0) {
		return {
			conversations: [],
			isComplete: true,
			validUntil: Infinity,
			recheck: async () => 'gone',
		};
	}
	const past = sahut.past(getPhoneMessageKey(recipient));
	const retrySentAt = past.kind === 'retryWithoutLedger' && !dryRun ? past.sentAt : Infinity;
	const since = getEarliestActivity(recipient, retrySentAt, sahut);
	const findKnown = (id: unknown) =>
		index.findByContacts(allContactIds()).find((each) => each.id === id);

	/** The IDs of the conversations that were read. */
	const readIds = new Set<string>();
	let validUntil = Infinity;

	/**
	 * Reads a conversation, and updates the index. A fresh index replaces the read.
	 *
	 * @returns undefined if it was deleted, or now belongs to another contact or channel
	 */
	async function check(
		{ id, contactId }: Pick<KnownConversation, 'id' | 'contactId'>,
		readsById = !usesLists,
	) {
		readIds.add(id);
		const listed = readsById ? undefined : findKnown(id);
		const showsAll = !skipIfAssigned || listed?.isAssigned !== undefined;
		if (listed && showsAll && index.isCurrent(listed)) {
			validUntil = Math.min(validUntil, index.freshUntil);
			return listed;
		}
		const conversation = await getConversation(sahut, id).catch(undefinedIfNotFound);
		const { contact, channel } = conversation ?? {};
		const belongsToRecipient = allContactIds().includes(contact?.id ?? contactId);
		if (conversation && belongsToRecipient && (channel?.id ?? channelId) === channelId) {
			index.update(conversation, 'record', contactId);
		} else index.remove(id, contactId);
		return findKnown(id);
	}

	/** Returns the conversation that this item has created, or that this run has used for the number. */
	async function findPinned(): Promise<KnownConversation | undefined> {
		for (const contactId of contactIds) {
			const created = findCreatedByItem(toNewConversation(recipient, contactId), sahut);
			if (!created) continue;
			const { id } = created.conversation;
			if (!findKnown(id)) index.update(created.conversation, 'record', contactId);
			return findKnown(id);
		}
		const latestInRun = reuseOpenConversation
			? sahut.latestInRun(getPhoneMessageKey(recipient))
			: undefined;
		const { conversation_id, contact_id } = latestInRun?.context ?? {};
		const used = { id: String(conversation_id), contactId: String(contact_id) };
		return conversation_id && !rejected.includes(used.id) ? await check(used) : undefined;
	}

	/**
	 * Reads the conversations that are known to be open. For a template, stops at the first one that still is. With
	 * Skip If Assigned, reads all unresolved ones.
	 *
	 * @returns whether one is still open
	 */
	async function checkOpenConversations(): Promise<boolean> {
		let isAnyOpen = false;
		const isChecked = (each: Candidate) =>
			isOpen(each) || (skipIfAssigned && each.status !== 'resolved');
		for (const each of index.findByContacts(allContactIds()).filter(isChecked)) {
			const current = await check(each);
			isAnyOpen ||= current !== undefined && isOpen(current);
			// A text requires the conversation in which the customer has written, so all are read.
			if (isAnyOpen && !content.text && !skipIfAssigned) break;
		}
		return isAnyOpen;
	}

	const pinned = await findPinned();
	const needsConversations = reuseOpenConversation || since < Infinity || !content.template;
	const tryStartedAt = sahut.toServerTime(sahut.tryStartedAt);
	const isRetry = retrySentAt < Infinity;
	// The message may be in any conversation, so the list is required even if one of them is open.
	const mustSeeReplies = recipient.skipIfCustomerWroteWithinMs !== undefined;
	let needsList = isRetry || recipient.skipWithinMs !== undefined || mustSeeReplies;
	const asOf = isRetry ? tryStartedAt : -Infinity;
	const isOutdated = mustSeeReplies && !(usesLists && index.isFresh());
	if (needsList && (isOutdated || !index.isComplete(since, asOf)))
		await index.refresh(sahut, since);
	// The pinned conversation may be closed, and another execution may have sent into a newer one.
	const mayLackNewer =
		pinned !== undefined && !isOpen(pinned) && recipient.skipWithinMs !== undefined;
	const checksOthers = !pinned || mayLackNewer || skipIfAssigned;
	if (needsConversations && checksOthers && !(await checkOpenConversations())) {
		needsList = true;
		await index.refresh(sahut, since);
		await checkOpenConversations();
	}
	const isRelevant = ({ id, status, activeAt }: KnownConversation) =>
		(status !== 'resolved' || activeAt >= since || id === pinned?.id) && !rejected.includes(id);
	const findRelevant = () => index.findByContacts(allContactIds()).filter(isRelevant);
	/** Describes the known facts that a plan depends on, to compare them later. */
	const describeFacts = () =>
		JSON.stringify(
			findRelevant().map(({ id, status, isAssigned, updatedAt }) => [
				id,
				status,
				skipIfAssigned && isAssigned,
				mustSeeReplies && updatedAt,
			]),
		);
	const plannedFacts = describeFacts();
	return {
		conversations: findRelevant(),
		pinned,
		get validUntil() {
			return validUntil;
		},
		isComplete: !needsList || since === Infinity || index.isComplete(since),
		async recheck({ id }, reading) {
			const candidate = findKnown(id);
			if (!candidate) return 'gone';
			if (!reading && (readIds.has(id) || id === pinned?.id)) return 'same';
			// All facts are compared with those of the plan, so an earlier read no longer matters.
			if (reading) validUntil = Infinity;
			const current = await check(candidate, reading === 'byId' || !usesLists);
			if (!current) return 'gone';
			// Other conversations count too: another item may have read the list since.
			return describeFacts() === plannedFacts ? 'same' : 'changed';
		},
	};
}
