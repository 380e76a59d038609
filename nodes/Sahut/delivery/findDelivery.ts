import type { IDataObject } from 'n8n-workflow';

import { awaitLostWrite, LOST_WRITE_MS } from '../api/awaitLostWrite';
import type { ItemClient } from '../api/itemClient';
import { messageMemoryKey } from '../api/messages';
import { writtenSince } from '../api/writtenSince';
import { AmbiguousError, undefinedIfNotFound, UnknownOutcomeError } from '../transport/errors';
import { bodiesOf, formOf, type Content, type Form } from './content';
import { openHistory, type History } from './history';
import { AMBIGUITIES, createMatcher, type Ambiguity, type Search } from './matching';

/** How far back a conversation is read, in pages of 100 messages. */
const MAX_PAGES = 10;

/** A message that has been delivered. */
export type Delivery = {
	conversationId: string;
	form: Form;
	/** Sahut's record; if lists do not show it yet, what this process knows of it. */
	message: IDataObject;
};

/** A delivery, or why a conversation does not show whether there was one. */
interface Result {
	delivery?: Delivery;
	ambiguity?: Ambiguity;
}

/** The messages in the conversations that this process has written, in any of the forms. */
function remembered(
	conversations: History[],
	bodies: IDataObject[],
	since: number,
	sahut: ItemClient,
) {
	return conversations.flatMap(({ conversationId }) =>
		bodies.flatMap((body) =>
			sahut.cache.recentWrites
				.find(messageMemoryKey(sahut, conversationId, body), since)
				.map((write) => ({ ...write, conversationId, body })),
		),
	);
}

/** Searches a conversation once. */
async function searchHistory(
	history: History,
	bodies: IDataObject[],
	search: Search,
	sahut: ItemClient,
): Promise<Result> {
	const { conversationId } = history;
	const matchers = bodies.map((body) => ({
		form: formOf(body),
		match: createMatcher(conversationId, body, search, sahut),
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
		isAtEnd = isFirst || Date.parse(messages[0]?.created_at ?? '') < writtenSince(sahut, search);
		if (isAtEnd) break;
	}
	if (search.kind !== 'lostResponse') {
		// Lists may not show it yet.
		const isAccountedFor = search.kind === 'sentBefore' ? () => false : search.isAccountedFor;
		const known = remembered([history], bodies, search.sentAt, sahut).find(
			({ id }) => id !== undefined && !seen.has(id) && !isAccountedFor(id),
		);
		if (known) {
			const created_at = new Date(sahut.toServerTime(known.at)).toISOString();
			const { content = null } = known.body;
			const { sender = null } = sahut.cache.observedApi;
			const message = {
				id: known.id,
				type: 'outgoing',
				content,
				sender: { ...sender },
				created_at,
			};
			return { delivery: { conversationId, form: formOf(known.body), message } };
		}
	}
	return { ambiguity: ambiguity ?? (isAtEnd ? undefined : 'tooManyMessages') };
}

/** Searches the conversations once, except those that were deleted. */
async function searchAll(
	histories: History[],
	bodies: IDataObject[],
	search: Search,
	sahut: ItemClient,
): Promise<Result> {
	let ambiguity: Ambiguity | undefined;
	for (const history of histories) {
		const searching = searchHistory(history, bodies, search, sahut);
		const result = await searching.catch(undefinedIfNotFound);
		if (result?.delivery) return result;
		ambiguity ??= result?.ambiguity;
	}
	return { ambiguity };
}

/**
 * The one answer to "Has this message been delivered?".
 *
 * For Skip If Sent Within, if the response to such a message was lost less than a minute ago, waits until
 * the message can be found, or a minute has passed.
 *
 * @throws AmbiguousError for Skip If Sent Within, UnknownOutcomeError otherwise, if it cannot be
 * determined; NodeApiError if a conversation cannot be read
 */
export async function findDelivery(
	conversations: History[],
	content: Content,
	search: Search,
	sahut: ItemClient,
): Promise<Delivery | undefined> {
	const bodies = bodiesOf(content);
	const isSkip = search.kind === 'sentBefore';
	let { delivery, ambiguity } = await searchAll(conversations, bodies, search, sahut);
	const lost =
		isSkip && !delivery
			? remembered(conversations, bodies, sahut.now() - LOST_WRITE_MS, sahut)
			: [];
	const lostAt = Math.max(...lost.filter(({ id }) => id === undefined).map(({ at }) => at));
	if (isSkip && lostAt > -Infinity) {
		delivery = await awaitLostWrite(sahut, lostAt, LOST_WRITE_MS, async () => {
			const fresh = conversations.map(({ conversationId }) => openHistory(sahut, conversationId));
			const result = await searchAll(fresh, bodies, { ...search, lostAt }, sahut);
			ambiguity = result.ambiguity;
			return result.delivery;
		});
	}
	if (delivery || ambiguity === undefined) return delivery;
	const where = conversations.map(({ conversationId }) => `"${conversationId}"`).join(', ');
	throw new (isSkip ? AmbiguousError : UnknownOutcomeError)(
		`It is not known whether conversation ${where} already has this message: ${AMBIGUITIES[ambiguity]}`,
		{ description: 'Nothing was sent in this try. Check the conversation before you send it.' },
	);
}
