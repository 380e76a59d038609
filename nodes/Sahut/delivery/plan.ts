import { UserError } from 'n8n-workflow';

import { fetchChannelType } from '../api/conversations';
import type { ItemClient } from '../api/itemClient';
import { contentKey } from '../api/messageContent';
import { AmbiguousError, UnknownOutcomeError } from '../transport/errors';
import { isOpen, type Candidate, type Candidates } from './candidates';
import { getBodies, type OutgoingMessage } from './content';
import { findDelivery, type Delivery } from './findDelivery';
import { openHistory, type History } from './history';
import type { Recipient } from './recipient';
import {
	findTextDeadline,
	hasWindow,
	readWindowEnd,
	getNewConversationTextDeadline,
	WINDOW_MS,
} from './replyWindow';

/** What is to be done for a message. */
export type Plan =
	/** An earlier try has sent the message, or may have: the ledger decides. */
	| { kind: 'resume'; conversation: Candidate }
	/** The message was delivered: by an earlier try or, if `isSkip`, by any sender. */
	| { kind: 'delivered'; conversation: Candidate; delivery: Delivery; isSkip: boolean }
	/** Send it, into a new conversation if none is given; as a text until `textDeadline`, by Sahut's clock. */
	| { kind: 'send'; conversation?: Candidate; textDeadline: number };

/** The conversations that a plan depends on. */
type PlanFacts = Pick<Candidates, 'conversations' | 'pinned' | 'isComplete'>;

/** A message, and the options that its plan depends on. */
export interface PlannedMessage
	extends OutgoingMessage,
		Partial<Pick<Recipient, 'reuseResolvedWithinMs'>> {
	/** The ledger's key of the message. */
	key: string;
	/** The phone number, for errors. */
	phone?: string;
	channelId?: string;
	reuseOpenConversation: boolean;
}

/** Returns the error for a list of unknown order that was not read completely. */
function createIncompleteListError(what: string, ErrorClass = AmbiguousError): UserError {
	return new ErrorClass(
		`It is not known whether ${what}: Sahut lists too many conversations in an unknown order`,
		{
			description:
				'Nothing was sent in this try. Use Message: Send with the ID of the conversation.',
		},
	);
}

/**
 * Finds a message that was delivered before: by any sender, for Skip If Sent Within, or by an earlier try
 * of this item that the ledger lacks.
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
		const of = getBodies(content).map(contentKey).join();
		const find = async () => ({
			of,
			delivery: await findDelivery(histories, content, search, sahut),
		});
		// A skipped item stays skipped, unless its message has changed.
		const isStillValid = (before: { of: string; delivery?: Delivery }) =>
			before.delivery !== undefined && before.of === of;
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
 * Throws for a text that would open a conversation on WhatsApp, or on a channel of unknown type: it only
 * arrives if the customer has written within 24 hours.
 *
 * @throws UserError, before anything is created
 */
async function assertCanStartWithText(
	{ phone, channelId = '' }: PlannedMessage,
	sahut: ItemClient,
) {
	const type = await fetchChannelType(channelId, sahut);
	if (!hasWindow(type)) return;
	throw new UserError(
		type === undefined
			? `A text to ${phone} may not arrive: the type of channel "${channelId}" is unknown, because there is no conversation on it yet`
			: `A text does not reach ${phone}: the customer has not written within the last 24 hours`,
		{
			description:
				'WhatsApp accepts a text only within 24 hours of the customer’s last message. Set Message Type to WhatsApp Template, or to Text, or Template After 24 Hours. Nothing was sent, and no contact or conversation was created.',
		},
	);
}

/**
 * Decides whether a message is sent, where, and in which form. Writes nothing to Sahut.
 *
 * A text that needs WhatsApp's window goes into the conversation in which the customer wrote within 24
 * hours. Otherwise, a message goes into an open or pending conversation, a snoozed one, a resolved one if
 * `reuseResolvedWithinMs` allows it, or a new one; of several, into the one with the latest activity.
 *
 * @throws UserError for a text that cannot arrive; AmbiguousError, UnknownOutcomeError if it cannot be
 * determined whether to send; NodeApiError
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
	const what = isSearched
		? 'the message was sent before'
		: 'the customer has written within 24 hours';
	const note = `It is not known whether ${what}: nothing was sent${isRetry ? ' in this try' : ''}.`;
	const histories = new Map(conversations.map(({ id }) => [id, openHistory(sahut, id, note)]));
	if (isSearched) {
		const before = await findEarlierDelivery(message, [...histories.values()], sahut);
		const id = before?.delivery.conversationId;
		const conversation = conversations.find((each) => each.id === id);
		if (before && conversation) return { kind: 'delivered', conversation, ...before };
		if (!isComplete) {
			const ErrorClass = isRetry ? UnknownOutcomeError : AmbiguousError;
			throw createIncompleteListError(`${phone} has received this message before`, ErrorClass);
		}
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
	const best =
		open ??
		conversations.find(({ status }) => status === 'snoozed') ??
		conversations.find(isReusable);
	const usable = reuseOpenConversation ? best : undefined;
	const usableOpen = reuseOpenConversation ? open : undefined;
	if (content.text && hasWindow(channelType)) {
		const mayHaveWindow = conversations.filter(
			(each) => each === open || (each.activeAt ?? 0) >= now - WINDOW_MS,
		);
		// A text goes into a single, open conversation without reading it: Sahut accepts or refuses it.
		const isOnlyChoice = !hasBothForms && usableOpen && mayHaveWindow.length === 1;
		const isNewTemplate = hasBothForms && !reuseOpenConversation;
		for (const each of isOnlyChoice || isNewTemplate ? [] : mayHaveWindow) {
			const textDeadline = await readWindowEnd(histories.get(each.id)!, sahut);
			if (!(textDeadline > sahut.serverNow())) continue;
			if (reuseOpenConversation) return send(each, textDeadline);
			if (!hasBothForms) return send(undefined, Infinity);
		}
		if (!hasBothForms && !usableOpen) {
			if (!isComplete) throw createIncompleteListError(`${phone} has written within 24 hours`);
			await assertCanStartWithText(message, sahut);
		}
		if (usable) return send(usable, -Infinity);
	}
	// A Dry Run creates no conversation, whose response would show the channel type.
	if (!usable && dryRun && hasBothForms && channelId) {
		channelType = await fetchChannelType(channelId, sahut);
	}
	return send(usable, usable ? Infinity : getNewConversationTextDeadline(channelType));
}
