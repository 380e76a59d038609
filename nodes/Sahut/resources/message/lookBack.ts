import { openPages } from '../../transport/pages';
import { findLastPage } from '../../transport/timeline';
import type { Message, SahutClient } from '../../transport/types';

/** A page of a conversation, its messages in their order. */
export interface PageBack {
	messages: Message[];
	/** Whether nothing is before it. */
	isFirst: boolean;
}

/** Gives pages of a conversation from its end, `most` of them. */
export type LookBack = (most: number) => AsyncGenerator<PageBack>;

/**
 * A conversation as it is read from its end (API reference, "Messages": oldest to newest). Several can
 * look at the same time: each page is read once.
 *
 * @param note what to say beside a failed request
 */
export function lookBack(sahut: SahutClient, conversationId: string, note?: string): LookBack {
	const pages = openPages<Message>(sahut, {
		path: ['conversations', conversationId, 'messages'],
		subject: `conversation "${conversationId}"`,
		note,
	});
	let last: Promise<number> | undefined;
	return async function* (most) {
		last ??= findLastPage(pages);
		const end = await last;
		for (let page = end; page > Math.max(0, end - most); page--) {
			yield { messages: await pages.read(page), isFirst: page === 1 };
		}
	};
}
