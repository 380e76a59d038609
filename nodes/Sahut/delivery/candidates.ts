import { createdBefore, getConversation, type NewConversation } from '../api/conversations';
import type { ItemClient } from '../api/itemClient';
import { CLOCK_TOLERANCE_MS } from '../api/writtenSince';
import type { KnownConversation } from '../processCache/conversationIndex';
import { undefinedIfNotFound } from '../transport/errors';
import { phoneMessageKey, type Recipient } from './recipient';
import { hasWindow, WINDOW_MS } from './replyWindow';

/** A conversation of a recipient, as far as it is known. */
export type Candidate = Pick<KnownConversation, 'id'> & Partial<KnownConversation>;

/** The conversations that matter for a message. */
export interface Candidates {
	/** Those that may contain the message, or that it may go into; the latest activity first. */
	conversations: Candidate[];
	/** The only one that the message may go into: given, created by the item, or kept by the run. */
	kept?: Candidate;
	/** Whether it is certain that there are no others. */
	isComplete: boolean;
	/** Whether a conversation still exists and is the recipient's; reads it if that is not known. */
	isTheirs(candidate: Candidate): Promise<boolean>;
}

export const isOpen = ({ status }: Candidate) => status === 'open' || status === 'pending';

/** The conversation to be created for a recipient. */
export function newConversationOf(
	{ channelId: channel_id, assigneeId }: Recipient,
	contact_id: string,
): NewConversation {
	return { contact_id, channel_id, ...(assigneeId && { assignee_id: assigneeId }) };
}

/** From when on closed conversations matter, by Sahut's clock; Infinity if they do not. */
function closedSince(recipient: Recipient, retrySentAt: number, sahut: ItemClient): number {
	const { content, channelId, skipWithinMs = 0, reuseResolvedWithinMs = 0 } = recipient;
	const { channelType } = sahut.cache.conversations(channelId);
	const windowMs = content.text && hasWindow(channelType) ? WINDOW_MS : 0;
	const ageMs = Math.max(windowMs, skipWithinMs, reuseResolvedWithinMs) || -Infinity;
	return Math.min(sahut.serverNow() - ageMs, sahut.toServerTime(retrySentAt)) - CLOCK_TOLERANCE_MS;
}

/**
 * Collects the conversations of these contacts on the channel. One that is known is checked before it is
 * used; only if none is known to be open, the list is read.
 *
 * @param rejected conversations that are not to be considered
 * @throws NodeApiError if conversations cannot be read
 */
export async function findCandidates(
	contactIds: string[],
	recipient: Recipient,
	sahut: ItemClient,
	rejected: string[],
): Promise<Candidates> {
	if (contactIds.length === 0) {
		return { conversations: [], isComplete: true, isTheirs: async () => false };
	}
	const { channelId, content, reuseOpenConversation, dryRun } = recipient;
	const index = sahut.cache.conversations(channelId);
	const past = sahut.past(phoneMessageKey(recipient));
	const retrySentAt = past.kind === 'retryWithoutLedger' && !dryRun ? past.sentAt : Infinity;
	const since = closedSince(recipient, retrySentAt, sahut);
	const known = (id: unknown) => index.of(contactIds).find((each) => each.id === id);

	const checked = new Set<string>();

	/** Reads a conversation. @returns undefined if it was deleted, or belongs elsewhere by now */
	async function check({ id, contactId }: Pick<KnownConversation, 'id' | 'contactId'>) {
		checked.add(id);
		const conversation = await getConversation(sahut, id).catch(undefinedIfNotFound);
		const { contact, channel } = conversation ?? {};
		const isTheirs = contactIds.includes(contact?.id ?? contactId);
		if (conversation && isTheirs && (channel?.id ?? channelId) === channelId) {
			index.update(conversation, 'record', contactId);
		} else index.remove(id, contactId);
		return known(id);
	}

	async function findKept(): Promise<KnownConversation | undefined> {
		const created = createdBefore(newConversationOf(recipient, contactIds[0]!), sahut);
		if (created) {
			const { id } = created.conversation;
			if (!known(id)) index.update(created.conversation, 'record', contactIds[0]);
			return known(id);
		}
		const ofRun = reuseOpenConversation ? sahut.ofRun(phoneMessageKey(recipient)) : undefined;
		const { conversation_id, contact_id } = ofRun?.context ?? {};
		const sentInto = { id: String(conversation_id), contactId: String(contact_id) };
		return conversation_id ? await check(sentInto) : undefined;
	}

	/** Checks those that are known to be open until one is. */
	async function hasOpen(): Promise<boolean> {
		for (const each of index.of(contactIds).filter(isOpen)) {
			const current = await check(each);
			if (current && isOpen(current)) return true;
		}
		return false;
	}

	const kept = await findKept();
	const isAsked = reuseOpenConversation || since < Infinity || !content.template;
	const startedAt = sahut.toServerTime(sahut.runStartedAt);
	let isRead = retrySentAt < Infinity;
	if (isRead && !index.isComplete(since, startedAt)) await index.refresh(sahut, since);
	if (isAsked && !kept && !(await hasOpen())) {
		isRead = true;
		await index.refresh(sahut, since);
		await hasOpen();
	}
	const matters = ({ id, status, activeAt }: KnownConversation) =>
		(status !== 'resolved' || activeAt >= since || id === kept?.id) && !rejected.includes(id);
	return {
		conversations: index.of(contactIds).filter(matters),
		kept,
		isComplete: !isRead || since === Infinity || index.isComplete(since),
		async isTheirs({ id }) {
			const candidate = known(id);
			if (!candidate || checked.has(id) || id === kept?.id) return candidate !== undefined;
			return (await check(candidate)) !== undefined;
		},
	};
}
