import type { IDataObject } from 'n8n-workflow';

import type { ItemClient } from '../api/itemClient';
import { pollForLostWrite } from '../api/lostWrites';
import { messageMemoryKey } from '../api/messages';
import { earliestRecordTime } from '../api/recordTimes';
import { AmbiguousError, undefinedIfNotFound, UnknownOutcomeError } from '../transport/errors';
import { getBodies, getForm, type MessageContent, type MessageForm } from './content';
import { openHistory, type History } from './history';
import { AMBIGUITIES, createMatcher, type Ambiguity, type MessageSearch } from './matching';

/** How far back a conversation is read, in pages of 100 messages. */
const MAX_PAGES = 10;

/** A message that has been delivered. */
export type Delivery = {
	conversationId: string;
	form: MessageForm;
	/** Sahut's record; if lists do not show it yet, what this process knows of it. */
	message: IDataObject;
};

/** A delivery, or why a conversation does not show whether there was one. */
interface SearchResult {
	delivery?: Delivery;
	ambiguity?: Ambiguity;
}

/**
 * Decides whether a message has been delivered: searches the conversations and the remembered writes.
 *
 * If another item or execution lost the response to such a message less than a minute ago, waits until
 * the message can be found, or the minute is over.
 *
 * @throws AmbiguousError for Skip If Sent Within, UnknownOutcomeError otherwise, if it cannot be
 * determined; NodeApiError if a conversation cannot be read
 */
export async function findDelivery(
	conversations: History[],
	content: MessageContent,
	search: MessageSearch,
	sahut: ItemClient,
): Promise<Delivery | undefined> {
	const bodies = getBodies(content);
	const isSkip = search.kind === 'sentBefore';

	/** Returns the remembered writes of this message into a conversation, in any of its forms. */
	const findRecentWrites = ({ conversationId }: History, since: number) =>
		bodies.flatMap((body) =>
			sahut.cache.recentMessages
				.find(messageMemoryKey(sahut, conversationId, body), since)
				.map((write) => ({ ...write, body })),
		);

	/** Finds the message among the remembered writes that lists do not show yet. */
	function findInRecentWrites(history: History, seen: Set<string>): Delivery | undefined {
		if (search.kind === 'lostResponse') return undefined;
		const isFree = (id: string) => isSkip || !search.isFromKnownWrite(id);
		for (const { id, at, body } of findRecentWrites(history, search.sentAt)) {
			if (id === undefined || seen.has(id) || !isFree(id)) continue;
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

	async function searchOne(history: History, lostAt: number): Promise<SearchResult> {
		const { conversationId } = history;
		const matchers = bodies.map((body) => ({
			form: getForm(body),
			match: createMatcher(conversationId, body, search, lostAt, sahut),
		}));
		const seen = new Set<string>();
		let ambiguity: Ambiguity | undefined;
		let isAtEnd = false;
		for await (const { messages, isFirst } of history.readBackwards(MAX_PAGES)) {
			for (const message of messages) {
				seen.add(message.id);
				for (const { form, match } of matchers) {
					const verdict = match(message);
					if (verdict === 'match') return { delivery: { conversationId, form, message } };
					if (verdict !== 'noMatch') ambiguity ??= verdict;
				}
			}
			const oldest = Date.parse(messages[0]?.created_at ?? '');
			isAtEnd = isFirst || oldest < earliestRecordTime(sahut, search);
			if (isAtEnd) break;
		}
		const delivery = findInRecentWrites(history, seen);
		return { delivery, ambiguity: ambiguity ?? (isAtEnd ? undefined : 'tooManyMessages') };
	}

	/** Searches the conversations once, except those that were deleted. */
	async function searchAll(histories: History[], lostAt: number): Promise<SearchResult> {
		let ambiguity: Ambiguity | undefined;
		for (const history of histories) {
			const result = await searchOne(history, lostAt).catch(undefinedIfNotFound);
			if (result?.delivery) return result;
			ambiguity ??= result?.ambiguity;
		}
		return { ambiguity };
	}

	// A message without a response may be among the later ones, even if it cannot be recognized.
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
	const where = conversations.map(({ conversationId }) => `"${conversationId}"`).join(', ');
	throw new (isSkip && !search.isRetry ? AmbiguousError : UnknownOutcomeError)(
		`It is not known whether conversation ${where} already has this message: ${AMBIGUITIES[ambiguity]}`,
		{ description: 'Nothing was sent in this try. Check the conversation before you send it.' },
	);
}
