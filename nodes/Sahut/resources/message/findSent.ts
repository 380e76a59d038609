import type { IDataObject } from 'n8n-workflow';

import type { SahutClient } from '../../transport/client';
import { fetchPage } from '../../transport/pages';
import type { Message, WriteTrace } from '../../transport/types';
import { canComeOf, writtenSince } from '../../transport/writtenSince';

/** How far back from the newest page to look, in a conversation where much has followed since. */
const MAX_PAGES_BACK = 10;

function templateValues(body: IDataObject): string[] {
	return Object.values(body.template_variables ?? {}).map(String);
}

/**
 * Whether a message can be recognised among others by what it says. A template without variables
 * cannot: only Sahut knows its text.
 */
export function isRecognizable(body: IDataObject): boolean {
	return 'content' in body || templateValues(body).some((value) => value.trim() !== '');
}

/** Whether a stored message can be the one that was sent; of a template, Sahut stores the result. */
function isLike({ content, sender }: Message, body: IDataObject): boolean {
	if ('content' in body) return content === body.content;
	// Of a template without variables nothing is known but that no person has written it.
	if (!isRecognizable(body)) return sender?.type === 'bot';
	return templateValues(body).every((value) => content.includes(value));
}

/**
 * Looks, once, whether a message has arrived although its answer did not: an outgoing message at the
 * end of the conversation, no older than the request, with the same text (for a template: with all
 * its values; without any: from a bot), which no other item has sent.
 *
 * @returns the message, or undefined when it is not to be seen, which proves nothing.
 * @throws NodeApiError when the conversation cannot be read.
 */
export async function findSentMessage(
	sahut: SahutClient,
	conversationId: string,
	body: IDataObject,
	trace: WriteTrace,
): Promise<IDataObject | undefined> {
	const request = {
		path: ['conversations', conversationId, 'messages'],
		subject: `conversation "${conversationId}"`,
	};
	const first = await fetchPage<Message>(sahut, request, 1);
	const since = writtenSince(sahut, trace);
	const last = first.meta?.total_pages ?? 1;
	for (let page = last; page >= 1 && page > last - MAX_PAGES_BACK; page--) {
		const { data } = page === 1 ? first : await fetchPage<Message>(sahut, request, page);
		const found = data.find(
			(message) =>
				message.type === 'outgoing' && canComeOf(message, sahut, trace) && isLike(message, body),
		);
		if (found) return { ...found };
		if (data[0] && Date.parse(data[0].created_at) < since) break;
	}
	return undefined;
}
