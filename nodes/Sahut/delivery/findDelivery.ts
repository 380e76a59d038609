import type { IDataObject } from 'n8n-workflow';

import type { ItemClient } from '../api/itemClient';
import { pollForLostWrite } from '../api/lostWrites';
import { messageMemoryKey } from '../api/messages';
import { earliestRecordTime } from '../api/recordTimes';
import { AmbiguousError, undefinedIfNotFound, UnknownOutcomeError } from '../transport/errors';
import { getBodies, getForm, type MessageContent, type MessageForm } from './content';
import { openHistory, type History } from './history';
import { AMBIGUITY_REASONS, createMatcher, type Ambiguity, type MessageSearch } from './matching';

/** The maximum number of pages to search in a conversation, each with 100 messages. */
const MAX_PAGES = 10;

/** A message that was delivered. */
export type Delivery = {
	conversationId: string;
	form: MessageForm;
	/** Sahut's record. If lists do not show it yet, a record with the data that this process knows. */
	message: IDataObject;
};

/** The result of a search. With neither field, the message was not delivered. */
interface SearchResult {
	delivery?: Delivery;
	ambiguity?: Ambiguity;
}

/**
 * Finds out whether a message was delivered. Searches the conversations and the recent writes.
 *
 * If the response to the same message was lost less than a minute ago, in any item or execution, searches
 * again until the message is found or the minute is over.
 *
 * @returns undefined if the message was not delivered
 * @throws AmbiguousError (for Skip If Sent Within) or UnknownOutcomeError if the result is ambiguous;
 * NodeApiError if a conversation cannot be read
 */
export async function findDelivery(
	conversations: History[],
	content: MessageContent,
	search: MessageSearch,
	sahut: ItemClient,
): Promise<Delivery | undefined> {
	const bodies = getBodies(content);
	const isSkip = search.kind === 'sentBefore';

	/** Returns the recent writes of this message into a conversation, in any of its forms. */
	const findRecentWrites = ({ conversationId }: History, since: number) =>
		bodies.flatMap((body) =>
			sahut.cache.recentMessages
				.find(messageMemoryKey(sahut, conversationId, body), since)
				.map((write) => ({ ...write, body })),
		);

	/**
	 * Finds the message among the recent writes that lists do not show yet.
	 *
	 * @param seenIds the IDs of the messages that the search has read
	 */
	function findInRecentWrites(history: History, seenIds: Set<string>): Delivery | undefined {
		if (search.kind === 'lostResponse') return undefined;
		const isFromKnownWrite = (id: string) => !isSkip && search.isFromKnownWrite(id);
		for (const { id, at, body } of findRecentWrites(history, search.sentAt)) {
			if (id === undefined || seenIds.has(id) || isFromKnownWrite(id)) continue;
			const { content: text = null } = body;
			const { sender } = sahut.cache.observedApi;
			const created_at = new Date(sahut.toServerTime(at)).toISOString();
			const message = {
				id,
				type: 'outgoing',
				content: text,
				sender: sender ? { ...sender } : null,
				created_at,
			};
			return { conversationId: history.conversationId, form: getForm(body), message };
		}
		return undefined;
	}

	/** Searches a conversation, the newest messages first. */
	async function searchOne(history: History, lostAt: number): Promise<SearchResult> {
		const { conversationId } = history;
		const matchers = bodies.map((body) => ({
			form: getForm(body),
			match: createMatcher(conversationId, body, search, lostAt, sahut),
		}));
		const seenIds = new Set<string>();
		let ambiguity: Ambiguity | undefined;
		let isAtEnd = false;
		for await (const { messages, isFirst } of history.readBackwards(MAX_PAGES)) {
			for (const message of messages) {
				seenIds.add(message.id);
				for (const { form, match } of matchers) {
					const result = match(message);
					if (result === 'match') return { delivery: { conversationId, form, message } };
					if (result !== 'noMatch') ambiguity ??= result;
				}
			}
			const oldest = Date.parse(messages[0]?.created_at ?? '');
			isAtEnd = isFirst || oldest < earliestRecordTime(sahut, search);
			if (isAtEnd) break;
		}
		const delivery = findInRecentWrites(history, seenIds);
		return { delivery, ambiguity: ambiguity ?? (isAtEnd ? undefined : 'tooManyMessages') };
	}

	/** Searches all conversations. Ignores those that were deleted. */
	async function searchAll(histories: History[], lostAt: number): Promise<SearchResult> {
		let ambiguity: Ambiguity | undefined;
		for (const history of histories) {
			const result = await searchOne(history, lostAt).catch(undefinedIfNotFound);
			if (result?.delivery) return result;
			ambiguity ??= result?.ambiguity;
		}
		return { ambiguity };
	}

	// After a lost response, any later message may be this one, even if its stored text does not show that.
	const writes = conversations.flatMap((each) => findRecentWrites(each, search.sentAt));
	const lost = writes.filter(({ id }) => id === undefined).map(({ at }) => at);
	const lostAt = Math.min(Infinity, ...lost);
	let result = await searchAll(conversations, lostAt);
	if (search.kind !== 'lostResponse' && !result.delivery) {
		let histories = conversations;
		await pollForLostWrite(sahut, writes, async () => {
			if (histories !== conversations) result = await searchAll(histories, lostAt);
			histories = conversations.map(({ conversationId }) => openHistory(sahut, conversationId));
			return result.delivery;
		});
	}
	const { delivery, ambiguity } = result;
	if (delivery || ambiguity === undefined) return delivery;
	const ids = conversations.map(({ conversationId }) => `"${conversationId}"`).join(', ');
	const ErrorClass = isSkip && !search.isRetry ? AmbiguousError : UnknownOutcomeError;
	throw new ErrorClass(
		conversations.length === 1
			? `The node could not determine whether conversation ${ids} already has this message`
			: `The node could not determine whether one of the conversations ${ids} already has this message`,
		{
			description: `${AMBIGUITY_REASONS[ambiguity]} Nothing was sent in this try. Open the conversation in Sahut, and send the message only if it is not there.`,
		},
	);
}
