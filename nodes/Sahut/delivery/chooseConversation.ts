import { UserError } from 'n8n-workflow';

import {
	createdBefore,
	fetchChannelType,
	getConversation,
	type NewConversation,
} from '../api/conversations';
import type { ItemClient } from '../api/itemClient';
import { CLOCK_TOLERANCE_MS } from '../api/writtenSince';
import type { KnownConversation } from '../processCache/conversationIndex';
import { AmbiguousError, undefinedIfNotFound } from '../transport/errors';
import type { History } from './history';
import type { Recipient } from './recipient';
import {
	chooseForm,
	chooseFormFor,
	hasWindow,
	readWindow,
	WINDOW_MS,
	type FormChoice,
} from './replyWindow';

/** The conversations of a recipient, as far as they matter for a message. */
export interface Candidates {
	/** Those that may contain the message, or that it may go into; the latest activity first. */
	conversations: KnownConversation[];
	/** The one that this item has created, or that this run has sent into: a number keeps it. */
	kept?: KnownConversation;
	/** Whether it is certain that there are no others. */
	isComplete: boolean;
}

const isOpen = ({ status }: KnownConversation) => status === 'open' || status === 'pending';

const isSnoozed = ({ status }: KnownConversation) => status === 'snoozed';

/** From when on closed conversations matter, by Sahut's clock; Infinity if they do not. */
function closedSince(recipient: Recipient, retrySentAt: number, sahut: ItemClient): number {
	const { content, channelId, skipWithinMs, reuseResolvedWithinMs } = recipient;
	const { channelType } = sahut.cache.conversations(channelId);
	const needsWindow = content.text !== undefined && hasWindow(channelType);
	const ages = [needsWindow ? WINDOW_MS : undefined, skipWithinMs, reuseResolvedWithinMs];
	const oldest = Math.max(-Infinity, ...ages.filter((age) => age !== undefined));
	return Math.min(sahut.serverNow() - oldest, sahut.toServerTime(retrySentAt)) - CLOCK_TOLERANCE_MS;
}

/**
 * Reads a conversation, and records its state.
 *
 * @returns undefined if it was deleted, or belongs to another contact or channel by now
 */
async function check(
	{ id, contactId }: KnownConversation,
	{ channelId }: Recipient,
	contactIds: string[],
	sahut: ItemClient,
): Promise<KnownConversation | undefined> {
	const index = sahut.cache.conversations(channelId);
	const conversation = await getConversation(sahut, id).catch(undefinedIfNotFound);
	const { contact, channel } = conversation ?? {};
	const isTheirs =
		contactIds.includes(contact?.id ?? contactId) && (channel?.id ?? channelId) === channelId;
	if (!conversation || !isTheirs) {
		index.remove(id, contactId);
		return undefined;
	}
	index.update(conversation, 'record', contactId);
	return index.of(contactIds).find((each) => each.id === id);
}

/**
 * Collects the conversations of these contacts on the channel. One that is known is checked before it is
 * used; only if none is known to be open, the list is read.
 *
 * @throws NodeApiError if conversations cannot be read
 */
export async function findCandidates(
	contactIds: string[],
	recipient: Recipient,
	sahut: ItemClient,
): Promise<Candidates> {
	const { channelId, content, reuseOpenConversation, dryRun } = recipient;
	const index = sahut.cache.conversations(channelId);
	const past = sahut.past(messageKeyOf(recipient));
	const retrySentAt = past.kind === 'retryWithoutLedger' && !dryRun ? past.sentAt : Infinity;
	const since = closedSince(recipient, retrySentAt, sahut);
	const find = (id: unknown) => index.of(contactIds).find((each) => each.id === id);

	const created = createdBefore(newConversationOf(recipient, contactIds[0]!), sahut);
	if (created && !find(created.conversation.id)) {
		index.update(created.conversation, 'record', contactIds[0]);
	}
	const ofRun = reuseOpenConversation && sahut.ofRun(messageKeyOf(recipient))?.context;
	const sentInto = ofRun ? find(ofRun.conversation_id) : undefined;
	const kept = created
		? find(created.conversation.id)
		: sentInto && (await check(sentInto, recipient, contactIds, sahut));

	/** Checks those known to be open until one is. */
	async function hasOpen(): Promise<boolean> {
		for (const known of index.of(contactIds).filter(isOpen)) {
			const checked = await check(known, recipient, contactIds, sahut);
			if (checked && isOpen(checked)) return true;
		}
		return false;
	}
	const isAsked = reuseOpenConversation || since < Infinity || !content.template;
	let isComplete = true;
	const startedAt = sahut.toServerTime(sahut.runStartedAt);
	if (retrySentAt < Infinity && !index.isComplete(since, startedAt)) {
		await index.refresh(sahut, since);
		isComplete = index.isComplete(since);
	}
	if (isAsked && !kept && !(await hasOpen())) {
		await index.refresh(sahut, since);
		await hasOpen();
		isComplete = index.isComplete(since);
	}
	const conversations = index
		.of(contactIds)
		.filter((each) => each.status !== 'resolved' || each.activeAt >= since || each.id === kept?.id);
	return { conversations, kept, isComplete: isComplete || since === Infinity };
}

/** The ledger's key of a message to a phone number, whichever conversation it goes into. */
export const messageKeyOf = ({ phone, channelId }: Recipient) =>
	`POST message to ${phone} on ${channelId}`;

/** The conversation to be created for a recipient. */
export function newConversationOf(
	{ channelId, assigneeId }: Recipient,
	contactId: string,
): NewConversation {
	return {
		contact_id: contactId,
		channel_id: channelId,
		...(assigneeId && { assignee_id: assigneeId }),
	};
}

/** Where a message goes; without a conversation, into a new one. */
export interface Choice {
	conversation?: KnownConversation;
	form: FormChoice;
}

/**
 * Chooses the conversation and the form of a message: for a text that needs WhatsApp's window, the
 * conversation in which the customer wrote within 24 hours; otherwise an open or pending one, a snoozed
 * one, a resolved one if that is wanted, a new one. Of several, the one with the latest activity.
 *
 * @param historyOf the histories that all questions about the item share
 * @throws UserError for a text that cannot arrive, AmbiguousError if that is not known; NodeApiError
 */
export async function chooseConversation(
	{ conversations, kept, isComplete }: Candidates,
	recipient: Recipient,
	historyOf: (conversationId: string) => History,
	sahut: ItemClient,
): Promise<Choice> {
	const {
		content,
		channelId,
		reuseOpenConversation,
		reuseResolvedWithinMs = -Infinity,
	} = recipient;
	const { channelType } = sahut.cache.conversations(channelId);
	const isEither = content.text !== undefined && content.template !== undefined;
	const needsWindow = content.text !== undefined && hasWindow(channelType);
	if (kept) {
		const form = await chooseFormFor(historyOf(kept.id), content, channelType, sahut);
		return { conversation: kept, form };
	}
	const now = sahut.serverNow();
	const open = conversations.find(isOpen);
	const resolvedSince = now - reuseResolvedWithinMs;
	const byRank =
		open ??
		conversations.find(isSnoozed) ??
		conversations.find(({ activeAt }) => activeAt >= resolvedSince);
	const usable = reuseOpenConversation ? byRank : undefined;

	if (needsWindow) {
		const mayBeOpen = conversations.filter(
			(each) => each.status !== 'resolved' || each.activeAt >= now - WINDOW_MS,
		);
		// A text goes into the only open conversation unread: Sahut says whether it takes it.
		const isOnlyChoice = !isEither && open !== undefined && mayBeOpen.length === 1;
		for (const each of isOnlyChoice ? [] : mayBeOpen) {
			const textUntil = await readWindow(historyOf(each.id), sahut);
			if (!(textUntil > sahut.serverNow())) continue;
			const form = chooseForm(content, textUntil, sahut);
			if (reuseOpenConversation) return { conversation: each, form };
			if (!isEither) return { form };
		}
		if (isEither) return { conversation: usable, form: chooseForm(content, -Infinity, sahut) };
		if (!open) await assertCanStartWithText(recipient, sahut, isComplete);
		return { conversation: usable, form: chooseForm(content, Infinity, sahut) };
	}
	return { conversation: usable, form: chooseForm(content, Infinity, sahut) };
}

/**
 * For a message that would open a conversation.
 *
 * @param isComplete whether it is certain that the customer has not written in another conversation
 * @throws UserError for a text on WhatsApp or on a channel of unknown type: it only arrives if the
 * customer has written within 24 hours. AmbiguousError if that is not known.
 */
export async function assertCanStartWithText(
	{ phone, channelId, content }: Recipient,
	sahut: ItemClient,
	isComplete = true,
): Promise<void> {
	if (content.template) return;
	const type = await fetchChannelType(channelId, sahut);
	if (!hasWindow(type)) return;
	const description =
		'WhatsApp accepts a text only within 24 hours of the customer’s last message. Set Message Type to WhatsApp Template, or to Text, or Template After 24 Hours. Nothing was sent, and no contact or conversation was created.';
	if (!isComplete) {
		throw new AmbiguousError(
			`It is not known whether ${phone} has written within 24 hours: Sahut lists too many conversations in an unknown order`,
			{ description },
		);
	}
	throw new UserError(
		type === undefined
			? `A text to ${phone} may not arrive: the type of channel "${channelId}" is unknown, because there is no conversation on it yet`
			: `A text does not reach ${phone}: the customer has not written within the last 24 hours`,
		{ description },
	);
}
