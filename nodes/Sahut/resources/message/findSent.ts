import type { IDataObject } from 'n8n-workflow';

import { UnknownFateError } from '../../transport/errors';
import { openPages } from '../../transport/pages';
import { findLastPage } from '../../transport/timeline';
import type { Message, SahutClient, WriteTrace } from '../../transport/types';
import { canComeOf, writtenSince } from '../../transport/writtenSince';
import { toLine } from './toLine';

/** How far back from the newest page to look, in a conversation where much has followed since. */
const MAX_PAGES_BACK = 10;

/** What a character must not be beside, where a word ends there: "450" in "Rp450" is a word. */
const KINDS = [/\p{L}/u, /\p{N}/u];
const kindOf = (character = '') => KINDS.find((kind) => kind.test(character))?.source ?? '(?!)';

/** A value of a template as a word of its own, e.g. "Ani", but not in "Anita" or "Maharani". */
function asWords(value: unknown): RegExp {
	const text = toLine(value);
	const literal = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	const [first, last] = [text.at(0), text.at(-1)].map(kindOf);
	return new RegExp(`(?<!${first})${literal}(?!${last})`, 'u');
}

/**
 * Whether a stored message says what was sent; of a template, Sahut stores the result. How white space
 * is written may change on the way.
 */
function saysTheSame(body: IDataObject): (message: Message) => boolean {
	if ('content' in body) return ({ content }) => toLine(content) === toLine(body.content);
	const values = Object.values(body.template_variables ?? {})
		.filter((value) => toLine(value) !== '')
		.map(asWords);
	// Of a template without values nothing is known but that no person has written it.
	if (values.length === 0) return ({ sender }) => sender?.type === 'bot';
	return ({ content }) => values.every((value) => value.test(toLine(content)));
}

/**
 * Whether a note and a message to the customer are kept apart as they were sent. That lists say which
 * of the two a message is, is not documented.
 */
function isAsPrivate({ private: isNote }: Message, body: IDataObject): boolean | undefined {
	return isNote === undefined && body.private
		? undefined
		: Boolean(isNote) === Boolean(body.private);
}

function cannotTell(conversationId: string, reason: string): UnknownFateError {
	return new UnknownFateError(
		`It is not known whether conversation "${conversationId}" got this in an earlier try: ${reason}`,
		{ description: 'Look into the conversation before you send it again.' },
	);
}

/**
 * Looks, once, whether a message has arrived although its answer did not: an outgoing message at the
 * end of the conversation, no older than the request and not an agent's, with the same text (for a
 * template: with all its values as words; without any: from a bot), which no other item has sent.
 *
 * @returns the message, or undefined when it is not to be seen, which proves nothing.
 * @throws NodeApiError when the conversation cannot be read; UnknownFateError for a note when Sahut
 * does not say whether the message with its text is one, and where too much has followed since.
 */
export async function findSentMessage(
	sahut: SahutClient,
	conversationId: string,
	trace: WriteTrace,
): Promise<IDataObject | undefined> {
	const request = {
		path: ['conversations', conversationId, 'messages'],
		subject: `conversation "${conversationId}"`,
	};
	const isAlike = saysTheSame(trace.body);
	const pages = openPages<Message>(sahut, request);
	const last = await findLastPage(pages);
	for (let page = last; page > Math.max(0, last - MAX_PAGES_BACK); page--) {
		const messages = await pages.read(page);
		const alike = messages.filter(
			(message) =>
				message.type === 'outgoing' &&
				message.sender?.type !== 'agent' &&
				isAlike(message) &&
				canComeOf(message, sahut, trace),
		);
		const found = alike.find((message) => isAsPrivate(message, trace.body));
		if (found) return { ...found };
		if (alike.some((message) => isAsPrivate(message, trace.body) === undefined)) {
			throw cannotTell(
				conversationId,
				'there is a message with the text of this note, and Sahut does not say whether that is a note',
			);
		}
		const [oldest] = messages;
		if (oldest && Date.parse(oldest.created_at) < writtenSince(sahut, trace)) return undefined;
	}
	if (last <= MAX_PAGES_BACK) return undefined;
	throw cannotTell(conversationId, 'too many messages have followed since');
}
