import { UserError } from 'n8n-workflow';

import { fetchChannelType } from '../api/conversations';
import type { ItemClient } from '../api/itemClient';
import { contentKey } from '../api/messageContent';
import { AmbiguousError, undefinedIfNotFound, UnknownOutcomeError } from '../transport/errors';
import { isOpen, type Candidate, type Candidates } from './candidates';
import { getBodies, type OutgoingMessage } from './content';
import { findDelivery, type Delivery } from './findDelivery';
import { openHistory, type History } from './history';
import type { Recipient } from './recipient';
import { findSkipReason, type SkipReason } from './skipRules';
import {
	findTextDeadline,
	hasWindow,
	readWindowEnd,
	getNewConversationTextDeadline,
	WINDOW_MS,
} from './replyWindow';

/** A decision about a message. */
export type Plan =
	/** Resume an earlier try, which has or may have sent the message: the ledger decides. */
	| { kind: 'resume'; conversation: Candidate }
	/** Send nothing: an earlier try or, if `isSkip`, any sender has delivered the message. */
	| { kind: 'delivered'; conversation: Candidate; delivery: Delivery; isSkip: boolean }
	/** Send nothing, because of a rule. */
	| { kind: 'skipped'; conversation: Candidate; reason: SkipReason }
	/**
	 * Send the message into the conversation, or into a new one. If the message has both forms, send the text
	 * before `textDeadline` (by Sahut's clock, in milliseconds since the epoch), and then the template.
	 */
	| { kind: 'send'; conversation?: Candidate; textDeadline: number };

/** The facts about conversations that a plan depends on. */
type PlanFacts = Pick<Candidates, 'conversations' | 'pinned' | 'isComplete'>;

/** A message, and the options that its plan depends on. */
export interface PlannedMessage
	extends OutgoingMessage,
		Partial<Pick<Recipient, 'reuseResolvedWithinMs'>> {
	/** The key of the message in the ledger. */
	key: string;
	/** The phone number, for errors; undefined for a message into a given conversation. */
	phone?: string;
	/** Undefined for a message into a given conversation. */
	channelId?: string;
	reuseOpenConversation: boolean;
}

/** The start of the description of an error, if the list of conversations was not read completely. */
const INCOMPLETE_LIST =
	'Sahut lists too many conversations in an unknown order, so the node could not read all of them.';

/**
 * Finds an earlier delivery of a message: by any sender (for Skip If Sent Within), or by an earlier try of
 * this item that the ledger lacks.
 *
 * @returns undefined if there is none; `isSkip` if Skip If Sent Within has found it
 * @throws as {@link findDelivery}
 */
async function findEarlierDelivery(
	{ key, content, skipWithinMs, dryRun }: PlannedMessage,
	histories: History[],
	sahut: ItemClient,
): Promise<{ delivery: Delivery; isSkip: boolean } | undefined> {
	const past = sahut.past(key);
	const isRetry = !dryRun && past.kind === 'retryWithoutLedger';
	if (skipWithinMs !== undefined) {
		const sentAt = sahut.now() - skipWithinMs;
		const search = { kind: 'sentBefore', sentAt, isRetry } as const;
		const contentKeys = getBodies(content).map(contentKey).join();
		// Never rename `of`: n8n stores it with the execution.
		const find = async () => ({
			of: contentKeys,
			delivery: await findDelivery(histories, content, search, sahut),
		});
		// On another try, a skipped item is skipped again, unless its message has changed.
		const isStillValid = (decision: { of: string; delivery?: Delivery }) =>
			decision.delivery !== undefined && decision.of === contentKeys;
		const step = { run: find };
		const { delivery } = dryRun
			? await find()
			: await sahut.once(`sent before: ${key}`, step, isStillValid);
		if (delivery) return { delivery, isSkip: true };
	}
	if (!isRetry) return undefined;
	const delivery = await findDelivery(histories, content, past, sahut);
	return delivery && { delivery, isSkip: false };
}

/**
 * Throws if a text would open a conversation on WhatsApp, or on a channel of unknown type. WhatsApp accepts a
 * text only if the customer has written within 24 hours.
 *
 * @throws UserError before anything is created; NodeApiError if the channel type cannot be read
 */
async function assertCanStartWithText(
	{ phone, channelId = '' }: PlannedMessage,
	sahut: ItemClient,
) {
	const type = await fetchChannelType(channelId, sahut);
	if (!hasWindow(type)) return;
	const message =
		type === undefined
			? `A text might not be delivered to ${phone}: the type of channel "${channelId}" is unknown`
			: `WhatsApp would not deliver a text to ${phone}: the customer has not written within the last 24 hours`;
	const rule =
		type === undefined
			? 'The channel has no conversation yet that shows its type. If it is a WhatsApp channel, it accepts a text only within 24 hours of the customer’s last message.'
			: 'WhatsApp accepts a text only within 24 hours of the customer’s last message.';
	throw new UserError(message, {
		description: `${rule} Nothing was sent, and no contact or conversation was created. Set Message Type to "WhatsApp Template" or "Text, or Template After 24 Hours".`,
	});
}

/**
 * Decides whether to send a message, into which conversation, and in which form. Writes nothing to Sahut.
 *
 * A text that requires WhatsApp's 24-hour window goes into the conversation in which the customer wrote
 * within 24 hours. Any other message goes into the first of these: an open or pending conversation, a snoozed
 * one, a resolved one if `reuseResolvedWithinMs` permits it, a new one. If several conversations qualify, the
 * one with the latest activity is chosen.
 *
 * @throws UserError for a text that WhatsApp would not deliver; AmbiguousError or UnknownOutcomeError if the node cannot
 * determine whether to send the message; NodeApiError if a conversation cannot be read
 */
export async function planMessage(
	message: PlannedMessage,
	{ conversations, pinned, isComplete }: PlanFacts,
	sahut: ItemClient,
): Promise<Plan> {
	const { key, content, skipWithinMs, dryRun, phone, channelId, reuseOpenConversation } = message;
	const { reuseResolvedWithinMs = -Infinity } = message;
	const isRetry = !dryRun && sahut.past(key).kind === 'retryWithoutLedger';
	const isSearched = isRetry || skipWithinMs !== undefined;
	const sentNothing = isRetry ? 'Nothing was sent in this try' : 'Nothing was sent';
	const note = isSearched
		? `${sentNothing}, because the node could not check whether the message was sent before.`
		: `${sentNothing}, because the node could not check whether the customer has written within 24 hours.`;
	// An agent may have moved the pinned conversation to another contact after it was read.
	const all = pinned ? [...conversations, pinned] : conversations;
	const histories = new Map(all.map(({ id }) => [id, openHistory(sahut, id, note)]));
	if (isSearched) {
		const before = await findEarlierDelivery(message, [...histories.values()], sahut);
		const id = before?.delivery.conversationId;
		const conversation = all.find((each) => each.id === id);
		if (before && conversation) return { kind: 'delivered', conversation, ...before };
		if (!isComplete) {
			const ErrorClass = isRetry ? UnknownOutcomeError : AmbiguousError;
			throw new ErrorClass(
				`The node could not determine whether ${phone} has already received this message`,
				{
					description: `${INCOMPLETE_LIST} Nothing was sent in this try. Check the customer’s conversations in Sahut. If the message is not there, use Message: Send with the ID of a conversation.`,
				},
			);
		}
	}

	const skipped = await findSkipReason(message, conversations, histories, sahut);
	if (skipped) return { kind: 'skipped', ...skipped };
	if (message.skipIfCustomerWroteWithinMs !== undefined && !isComplete) {
		throw new AmbiguousError(
			`The node could not determine whether ${phone} has written within the given hours`,
			{
				description: `${INCOMPLETE_LIST} Nothing was sent in this try. Use Message: Send with the ID of the conversation.`,
			},
		);
	}

	let channelType = channelId && sahut.cache.conversationIndex(channelId).channelType;
	const hasBothForms = content.text !== undefined && content.template !== undefined;
	const send = (conversation: Candidate | undefined, textDeadline: number): Plan => ({
		kind: 'send',
		conversation,
		textDeadline,
	});
	if (pinned) {
		return send(
			pinned,
			await findTextDeadline(histories.get(pinned.id)!, content, channelType, sahut),
		);
	}
	const now = sahut.serverNow();
	const open = conversations.find(isOpen);
	const isReusable = ({ activeAt = 0 }: Candidate) => activeAt >= now - reuseResolvedWithinMs;
	const preferred =
		open ??
		conversations.find(({ status }) => status === 'snoozed') ??
		conversations.find(isReusable);
	const usable = reuseOpenConversation ? preferred : undefined;
	const usableOpen = reuseOpenConversation ? open : undefined;
	if (content.text && hasWindow(channelType)) {
		const showsMessages = channelId && sahut.cache.conversationIndex(channelId).showsMessages;
		const mayHaveWindow = conversations.filter(
			(each) =>
				(each.activeAt ?? 0) >= now - WINDOW_MS || (each === open && showsMessages !== true),
		);
		// With only one conversation to choose, the history is not read: Sahut accepts or refuses the text.
		const isOnlyChoice = !hasBothForms && usableOpen && mayHaveWindow.length === 1;
		const isNewTemplate = hasBothForms && !reuseOpenConversation;
		for (const each of isOnlyChoice || isNewTemplate ? [] : mayHaveWindow) {
			const reading = readWindowEnd(histories.get(each.id)!, sahut);
			// Lists may still show a deleted conversation.
			const textDeadline = (await reading.catch(undefinedIfNotFound)) ?? -Infinity;
			if (!(textDeadline > sahut.serverNow())) continue;
			if (reuseOpenConversation) return send(each, textDeadline);
			if (!hasBothForms) return send(undefined, Infinity);
		}
		if (!hasBothForms && !usableOpen) {
			if (!isComplete) {
				throw new AmbiguousError(
					`The node could not determine whether ${phone} has written within the last 24 hours`,
					{
						description: `${INCOMPLETE_LIST} Nothing was sent in this try. Use Message: Send with the ID of the conversation in which the customer has written.`,
					},
				);
			}
			await assertCanStartWithText(message, sahut);
		}
		if (usable) return send(usable, -Infinity);
	}
	// A real run learns the channel type from the response to the new conversation; a Dry Run creates none.
	if (!usable && dryRun && hasBothForms && channelId) {
		channelType = await fetchChannelType(channelId, sahut);
	}
	return send(usable, usable ? Infinity : getNewConversationTextDeadline(channelType));
}
