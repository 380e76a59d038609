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
	/** For Skip If Sent Within: a message from any sender, sent at `sentAt` or later. */
	| { kind: 'sentBefore'; sentAt: number; isRetry: boolean };

/** Reasons why a match is ambiguous, as sentences for the description of an error. */
export const AMBIGUITY_REASONS = {
	maybeNote:
		'Sahut has a message with the text of this note, but does not show whether that message is a note.',
	maybeByAgent:
		'An agent has sent a message with this text. It may be this message, because the node does not know yet which sender Sahut shows for messages from the API.',
	noTime: 'Sahut has a message with this text, but does not show when it was sent.',
	hiddenValues:
		'Sahut has a message that may be this template, but does not show the values of its variables.',
	notUnique:
		'Sahut has a message that may be this template, but the template has no variable value that identifies it.',
	evicted:
		'Sahut has a message with the same values, but this n8n has sent too many messages since then to know which template it was.',
	tooManyMessages: 'There are too many newer messages to search all of them.',
} as const;

export type Ambiguity = keyof typeof AMBIGUITY_REASONS;

/** Types of messages that were not sent to the customer (API reference, "Messages"). */
const UNSENT_TYPES = new Set<unknown>(['incoming', 'activity']);

/** Whether both messages or neither are notes; undefined if the list may not show which ones are notes. */
function hasSamePrivacy(message: Message, body: IDataObject): boolean | undefined {
	const isStoredNote = isNote(message);
	if (isStoredNote === undefined && body.private) return undefined;
	return (isStoredNote ?? false) === Boolean(body.private);
}

/** Whether a stored message matches the message of a search. */
export type MatchResult = 'match' | 'noMatch' | Ambiguity;

/**
 * Creates a function that checks whether a stored message of a conversation matches a message.
 *
 * A message that this process has sent is identified by its ID. Otherwise, a text is identified by its
 * content, a template by the values of its variables, and a template without variables by Sahut's earlier
 * response to this template.
 *
 * @param body the request body of the message
 * @param lostAt when this process first sent this message without receiving a response, by this machine's
 * clock, in milliseconds since the epoch; Infinity if it has received all responses
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

	/** Whether an agent has sent the message. Excludes the API's own sender, which may be an agent too. */
	const isByAgent = ({ sender }: Message) =>
		sender?.type === 'agent' && sender.id !== observedApi.sender?.id;

	/** Matches a template without values. Only Sahut's earlier response to the template identifies it. */
	function matchEarlierResponse({ content, sender }: Message): MatchResult {
		const earlier = observedApi.templateResponses.get(String(body.template_id));
		if (earlier.content !== undefined) {
			const isEqual = normalizeText(content) === normalizeText(earlier.content);
			return isEqual && sender?.id === earlier.senderId ? 'match' : 'noMatch';
		}
		// After a lost response, only a certain match counts; without one, the item fails.
		if (search.kind === 'lostResponse') return 'noMatch';
		return matchSender({ sender }) === 'noMatch' ? 'noMatch' : 'notUnique';
	}

	/** Matches content that an agent or a bot may write by chance. Only the API's own sender identifies it. */
	function matchSender({ sender }: Pick<Message, 'sender'>): MatchResult {
		if (observedApi.sender) return sender?.id === observedApi.sender.id ? 'match' : 'noMatch';
		return search.kind === 'lostResponse' ? 'match' : 'notUnique';
	}

	/** Matches a template if the stored text does not contain its values: Sahut may not show them. */
	function matchHiddenValues(message: Message, at: number): MatchResult {
		const { showsTemplateValues } = observedApi;
		if (!isTemplate || showsTemplateValues === true || isByAgent(message)) return 'noMatch';
		// After a lost response, only a certain match counts; without one, the item fails.
		if (search.kind === 'lostResponse') return 'noMatch';
		const mayBeEarlier = isSkip ? mayBeEvicted(at) : showsTemplateValues === false;
		const mayBeLost = at >= earliestRecordTime(sahut, { sentAt: lostAt });
		return mayBeEarlier || mayBeLost ? 'hiddenValues' : 'noMatch';
	}

	/** Whether the recent writes may have contained a message from this time, but no longer do. */
	const mayBeEvicted = (at: number) => at <= sahut.toServerTime(recentMessages.latestEvictedAt);

	/** Matches a message with the same content. */
	function matchContent(message: Message, at: number): MatchResult {
		const isSamePrivacy = hasSamePrivacy(message, body);
		if (isSamePrivacy === undefined) return 'maybeNote';
		if (!isSamePrivacy) return 'noMatch';
		if (isSkip) {
			if (message.sender?.type === 'agent' && !isDistinctive(body)) return 'noMatch';
			if (isTemplate && mayBeEvicted(at)) return 'evicted';
		} else if (isByAgent(message)) {
			// After a restart of the process, the API's sender is unknown until a response shows it.
			const mayBeByApi = observedApi.sender === undefined && isDistinctive(body);
			return search.kind === 'retryWithoutLedger' && mayBeByApi ? 'maybeByAgent' : 'noMatch';
		} else if (!isDistinctive(body)) return matchSender(message);
		return Number.isNaN(at) ? 'noTime' : 'match';
	}

	return (message) => {
		const at = Date.parse(message.created_at);
		if (UNSENT_TYPES.has(message.type) || at < earliestRecordTime(sahut, search)) return 'noMatch';
		if (isFromKnownWrite(message.id)) return 'noMatch';
		const recentKey = recentMessages.findKey(address, message.id);
		// A message with a known ID has a response, so it is not the message whose response was lost.
		if (recentKey !== undefined) {
			return recentKey === wantedKey && search.kind !== 'lostResponse' ? 'match' : 'noMatch';
		}
		if (!isIdentifiable(body)) {
			return isByAgent(message) ? 'noMatch' : matchEarlierResponse(message);
		}
		return hasContent(message.content) ? matchContent(message, at) : matchHiddenValues(message, at);
	};
}
