import type { IDataObject } from 'n8n-workflow';

import type { ItemClient, WriteSearch } from '../api/itemClient';
import {
	isDistinctive,
	isIdentifiable,
	isNote,
	createContentMatcher,
	normalizeText,
} from '../api/messageContent';
import { messageMemoryKey } from '../api/messages';
import { earliestRecordTime } from '../api/recordTimes';
import type { Message } from '../transport/types';

/** A search for a message. Times are by this machine's clock, in milliseconds since the epoch. */
export type MessageSearch =
	| WriteSearch
	/** For Skip If Sent Within: a message since `sentAt`, from any sender. */
	| { kind: 'sentBefore'; sentAt: number; isRetry: boolean };

/** Why a match is ambiguous, as it continues "It is not known whether …: ". */
export const AMBIGUITIES = {
	maybeNote:
		'there is a message with the text of this note, and Sahut does not say whether that is a note',
	maybeByAgent:
		'there is a message with this text by an agent, and it is not known whether Sahut shows messages from the API as that agent’s',
	noTime: 'there is a message with this text, and Sahut does not say when it was sent',
	hiddenValues:
		'there is a message that may be this template, and Sahut does not show the values of templates',
	notUnique:
		'there is a message that may be this template, and the template has no value that is unique to it',
	forgotten:
		'there is a message with the same values, and this n8n has sent too many messages since to know which template it came from',
	tooManyMessages: 'too many messages have followed since',
} as const;

export type Ambiguity = keyof typeof AMBIGUITIES;

/** Types of messages that were not sent to the customer (API reference, "Messages"). */
const UNSENT_TYPES = new Set<unknown>(['incoming', 'activity']);

/** Whether both or neither of two messages are notes; undefined if the list may not mark notes. */
function hasSamePrivacy(message: Message, body: IDataObject): boolean | undefined {
	const shown = isNote(message);
	return shown === undefined && body.private
		? undefined
		: (shown ?? false) === Boolean(body.private);
}

/** Whether a stored message is the wanted one. */
export type MatchResult = 'match' | 'noMatch' | Ambiguity;

/**
 * Returns a function that decides whether a stored message of a conversation is the wanted one.
 *
 * A message that this process has written is known by its ID. Otherwise, a text matches by its words and
 * a template by its values; a template without variables only by Sahut's earlier response to it.
 *
 * @param lostAt when the first such message without a response went out; Infinity if there is none
 */
export function createMatcher(
	conversationId: string,
	body: IDataObject,
	search: MessageSearch,
	lostAt: number,
	sahut: ItemClient,
): (message: Message) => MatchResult {
	const { observedApi, recentMessages, address } = sahut.cache;
	const wantedKey = messageMemoryKey(sahut, conversationId, body);
	const hasContent = createContentMatcher(body);
	const isTemplate = 'template_id' in body;
	const isSkip = search.kind === 'sentBefore';
	const isFromKnownWrite = isSkip ? () => false : search.isFromKnownWrite;

	/** Whether an agent has written the message in Sahut, as far as this is known. */
	const isByAgent = ({ sender }: Message) =>
		sender?.type === 'agent' && sender.id !== observedApi.sender?.id;

	/** For a template without values: only Sahut's earlier response to it identifies it. */
	function matchEarlierResponse({ content, sender }: Message): MatchResult {
		const earlier = observedApi.templateResponses.get(String(body.template_id));
		if (earlier.content !== undefined) {
			const isEqual = normalizeText(content) === normalizeText(earlier.content);
			return isEqual && sender?.id === earlier.senderId ? 'match' : 'noMatch';
		}
		// After a lost response, only a certain match counts: the item fails without one.
		if (search.kind === 'lostResponse') return 'noMatch';
		return matchSender({ sender }) === 'noMatch' ? 'noMatch' : 'notUnique';
	}

	/** For content that an agent or a bot may write by chance: only the API's own sender identifies it. */
	function matchSender({ sender }: Pick<Message, 'sender'>): MatchResult {
		if (observedApi.sender) return sender?.id === observedApi.sender.id ? 'match' : 'noMatch';
		return search.kind === 'lostResponse' ? 'match' : 'notUnique';
	}

	/** For a template whose values the stored text does not show: it may still be the wanted one. */
	function matchHiddenValues(message: Message, at: number): MatchResult {
		const { showsTemplateValues } = observedApi;
		if (!isTemplate || showsTemplateValues === true || isByAgent(message)) return 'noMatch';
		// After a lost response, only a certain match counts: the item fails without one.
		if (search.kind === 'lostResponse') return 'noMatch';
		const mayBeEarlier = isSkip ? isForgotten(at) : showsTemplateValues === false;
		const mayBeLost = at >= earliestRecordTime(sahut, { sentAt: lostAt });
		return mayBeEarlier || mayBeLost ? 'hiddenValues' : 'noMatch';
	}

	/** Whether this process may have sent a message at that time, and no longer remembers it. */
	const isForgotten = (at: number) => at <= sahut.toServerTime(recentMessages.latestEvictedAt);

	function matchContent(message: Message, at: number): MatchResult {
		const isPrivate = hasSamePrivacy(message, body);
		if (isPrivate === undefined) return 'maybeNote';
		if (!isPrivate) return 'noMatch';
		if (isSkip) {
			if (message.sender?.type === 'agent' && !isDistinctive(body)) return 'noMatch';
			if (isTemplate && isForgotten(at)) return 'forgotten';
		} else if (isByAgent(message)) {
			// After the process has died, the API's sender is unknown until a response shows it.
			const mayBeOurs = observedApi.sender === undefined && isDistinctive(body);
			return search.kind === 'retryWithoutLedger' && mayBeOurs ? 'maybeByAgent' : 'noMatch';
		} else if (!isDistinctive(body)) return matchSender(message);
		return Number.isNaN(at) ? 'noTime' : 'match';
	}

	return (message) => {
		const at = Date.parse(message.created_at);
		if (UNSENT_TYPES.has(message.type) || at < earliestRecordTime(sahut, search)) return 'noMatch';
		if (isFromKnownWrite(message.id)) return 'noMatch';
		const known = recentMessages.findKey(address, message.id);
		// A known message has a response, so it is not the one whose response was lost.
		if (known !== undefined) {
			return known === wantedKey && search.kind !== 'lostResponse' ? 'match' : 'noMatch';
		}
		if (!isIdentifiable(body))
			return isByAgent(message) ? 'noMatch' : matchEarlierResponse(message);
		return hasContent(message.content) ? matchContent(message, at) : matchHiddenValues(message, at);
	};
}
