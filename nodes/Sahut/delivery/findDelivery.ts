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
export interface Delivery {
	conversationId: string;
	form: Form;
	/** Sahut's record; if only this process knows of the message, its ID, time and text. */
	message: IDataObject;
}

/** A delivery, or why a conversation does not show whether there was one. */
type Result = { delivery?: Delivery; ambiguity?: Ambiguity };

/** The IDs of the messages that a conversation shows, as far as it was read. */
type Seen = Set<string>;

/** Searches one conversation for a message in one form. */
async function searchHistory(
	history: History,
	body: IDataObject,
	search: Search,
	seen: Seen,
	sahut: ItemClient,
): Promise<Result> {
	const { conversationId } = history;
	let ambiguity: Ambiguity | undefined;
	const match = createMatcher(conversationId, body, search, sahut);
	for await (const { messages, isFirst } of history.readBackwards(MAX_PAGES)) {
		for (const { id } of messages) seen.add(id);
		const verdicts = messages.map((message) => ({ message, verdict: match(message) }));
		const found = verdicts.find(({ verdict }) => verdict === 'match');
		if (found) return { delivery: { conversationId, form: formOf(body), message: found.message } };
		for (const { verdict } of verdicts) {
			if (verdict !== 'match' && verdict !== 'noMatch') ambiguity ??= verdict;
		}
		const isBehind = Date.parse(messages[0]?.created_at ?? '') < writtenSince(sahut, search);
		if (isFirst || isBehind) return { ambiguity };
	}
	return { ambiguity: ambiguity ?? 'tooManyMessages' };
}

/** Searches what this process has written, which lists may not show yet. */
function searchMemory(
	conversationId: string,
	body: IDataObject,
	search: Search,
	seen: Seen,
	sahut: ItemClient,
): Delivery | undefined {
	const isFree = (id?: string) =>
		id !== undefined &&
		!seen.has(id) &&
		(search.kind === 'sentBefore' || !search.isAccountedFor(id));
	const key = messageMemoryKey(sahut, conversationId, body);
	const known = sahut.cache.recentWrites.find(key, search.sentAt).find(({ id }) => isFree(id));
	if (!known) return undefined;
	const created_at = new Date(sahut.toServerTime(known.at)).toISOString();
	const message = { id: known.id, type: 'outgoing', content: body.content ?? null, created_at };
	return { conversationId, form: formOf(body), message };
}

/** Searches the conversations once. */
async function searchAll(
	histories: History[],
	bodies: IDataObject[],
	search: Search,
	sahut: ItemClient,
): Promise<Result> {
	let ambiguity: Ambiguity | undefined;
	for (const history of histories) {
		for (const body of bodies) {
			const seen: Seen = new Set();
			const looking = searchHistory(history, body, search, seen, sahut);
			const result = await looking.catch(undefinedIfNotFound);
			// It was deleted.
			if (!result) break;
			if (result.delivery) return result;
			ambiguity ??= result.ambiguity;
			const known =
				search.kind !== 'lostResponse' &&
				searchMemory(history.conversationId, body, search, seen, sahut);
			if (known) return { delivery: known };
		}
	}
	return { ambiguity };
}

/** When the response to such a message was lost, if that was less than a minute ago. */
function lastLost(
	histories: History[],
	bodies: IDataObject[],
	sahut: ItemClient,
): number | undefined {
	const { recentWrites } = sahut.cache;
	const since = sahut.now() - LOST_WRITE_MS;
	const lost = histories.flatMap(({ conversationId }) =>
		bodies.flatMap((body) =>
			recentWrites
				.find(messageMemoryKey(sahut, conversationId, body), since)
				.filter(({ id }) => id === undefined),
		),
	);
	return lost.length > 0 ? Math.max(...lost.map(({ at }) => at)) : undefined;
}

/**
 * The one answer to "Has this message been delivered?".
 *
 * For Skip If Sent Within, if the response to such a message was lost less than a minute ago, waits until
 * the message can be found, or a minute has passed.
 *
 * @param conversations their histories; one that was deleted is passed over
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
	let { delivery, ambiguity } = await searchAll(conversations, bodies, search, sahut);
	if (delivery) return delivery;
	const isSkip = search.kind === 'sentBefore';
	const lostAt = isSkip ? lastLost(conversations, bodies, sahut) : undefined;
	if (isSkip && lostAt !== undefined) {
		const look = async () => {
			const fresh = conversations.map(({ conversationId }) => openHistory(sahut, conversationId));
			const result = await searchAll(fresh, bodies, { ...search, lostAt }, sahut);
			ambiguity = result.ambiguity;
			return result.delivery;
		};
		delivery = await awaitLostWrite(sahut, lostAt, LOST_WRITE_MS, look);
	}
	if (delivery || ambiguity === undefined) return delivery;
	const where = conversations.map(({ conversationId }) => `"${conversationId}"`).join(', ');
	const message = `It is not known whether conversation ${where} already has this message: ${AMBIGUITIES[ambiguity]}`;
	const CannotTell = isSkip ? AmbiguousError : UnknownOutcomeError;
	throw new CannotTell(message, {
		description: 'Nothing was sent in this try. Check the conversation before you send it.',
	});
}
