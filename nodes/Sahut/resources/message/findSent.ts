import type { IDataObject } from 'n8n-workflow';

import { UnknownFateError } from '../../transport/errors';
import type { Message, SahutClient, WriteTrace } from '../../transport/types';
import { writtenSince } from '../../transport/writtenSince';
import type { Workspace } from '../../workspace';
import { findById } from '../../workspace/sentMessages';
import { lookBack, type LookBack } from './lookBack';
import { isAsPrivate, isSameBody, isTelling, saysTheSame } from './sameMessage';

/** How far back from the newest page to look, in a conversation where much has followed since. */
const MAX_PAGES_BACK = 10;

/** What has been sent through the API, as far as this process knows. */
export type SentFromHere = Pick<Workspace, 'habits' | 'sentInto'>;

/** A message that is looked for. */
export interface WantedMessage {
	body: IDataObject;
	/** No message before it counts, by the server's clock, in milliseconds since the epoch. */
	since(): number;
	/** Whether one that says the same can be it. */
	canBe(message: Message): boolean;
}

/** Types of messages that are no one's to send (API reference, "Messages"); another may be a template's. */
const NOT_SENT = new Set<unknown>(['incoming', 'activity']);

/** Why it cannot be told whether a conversation has a message. */
export type Doubt = 'maybe a note' | 'maybe an agent’s' | 'no time' | 'too many messages';

/**
 * Looks for an outgoing message from the end of a conversation.
 *
 * @returns the message; undefined when it is not there; or what is in the way of telling
 * @throws NodeApiError when the conversation cannot be read
 */
export async function findMessage(
	back: LookBack,
	{ body, since, canBe }: WantedMessage,
): Promise<Message | Doubt | undefined> {
	const isAlike = saysTheSame(body);
	for await (const { messages, isFirst } of back(MAX_PAGES_BACK)) {
		const earliest = since();
		const alike = messages.filter(
			(message) =>
				!NOT_SENT.has(message.type) &&
				!(Date.parse(message.created_at) < earliest) &&
				isAlike(message) &&
				canBe(message),
		);
		const found = alike.find((message) => isAsPrivate(message, body));
		if (found) return Number.isNaN(Date.parse(found.created_at)) ? 'no time' : found;
		if (alike.some((message) => isAsPrivate(message, body) === undefined)) return 'maybe a note';
		const [oldest] = messages;
		if (isFirst || (oldest && Date.parse(oldest.created_at) < earliest)) return undefined;
	}
	return 'too many messages';
}

/** In words, for {@link findMessage}. */
export const DOUBTS: Record<Doubt, string> = {
	'maybe a note':
		'there is a message with the text of this note, and Sahut does not say whether that is a note',
	'maybe an agent’s':
		'there is a message with its text from an agent, and it is not known whether such messages are shown as an agent’s',
	'no time': 'there is a message with its text, and Sahut does not say when it was sent',
	'too many messages': 'too many messages have followed since',
};

/**
 * Looks, once, whether a message has arrived although its answer did not: an outgoing message at the
 * end of the conversation, no older than the request and not an agent's (unless the API's own is one),
 * with the same text (for a template: with all its values as words; without any: from a bot), which
 * neither another item has sent nor, as far as this process knows, another execution.
 *
 * @param room what this process knows: who sends, and what it has sent
 * @returns the message, or undefined when it is not to be seen, which proves nothing.
 * @throws NodeApiError when the conversation cannot be read; UnknownFateError for a note when Sahut
 * does not say whether the message with its text is one, and where too much has followed since.
 */
export async function findSentMessage(
	sahut: SahutClient,
	conversationId: string,
	trace: WriteTrace,
	{ habits: { senderId }, sentInto }: SentFromHere,
	back: LookBack = lookBack(sahut, conversationId),
): Promise<IDataObject | undefined> {
	const sentFromHere = sentInto(conversationId);
	/** What another execution has sent is not this one; a retry's may be what another retry has sent. */
	const isOfAnother = ({ id }: Message) => {
		const sent = findById(sentFromHere, id);
		return sent !== undefined && !(trace.share && isSameBody(sent.body, trace.body));
	};
	const wanted = {
		body: trace.body,
		since: () => writtenSince(sahut, trace),
		canBe: (message: Message) => !trace.isAccountedFor(message.id) && !isOfAnother(message),
	};
	const isAgents = ({ sender }: Message) => sender?.type === 'agent' && sender.id !== senderId;
	let found = await findMessage(back, {
		...wanted,
		canBe: (message) => !isAgents(message) && wanted.canBe(message),
	});
	// Of what a process that has died has sent, nobody may have told yet as whose it is shown.
	if (!found && trace.share && senderId === undefined && isTelling(trace.body)) {
		found = (await findMessage(back, wanted)) && 'maybe an agent’s';
	}
	if (typeof found !== 'string') return found && { ...found };
	throw new UnknownFateError(
		`It is not known whether conversation "${conversationId}" got this in an earlier try: ${DOUBTS[found]}`,
		{ description: 'Look into the conversation before you send it again.' },
	);
}
