import { listMessagesRequest } from '../api/messages';
import { openPages } from '../transport/pages';
import { findLastPage } from '../transport/timeline';
import type { Message, SahutClient } from '../transport/types';

/** A page of a conversation's messages. */
export interface HistoryPage {
	/** The oldest message comes first. */
	messages: Message[];
	/** Whether this is page 1, which contains the oldest messages. */
	isFirst: boolean;
}

/** The messages of a conversation. Reads each page once; all searches for an item share the pages. */
export interface History {
	conversationId: string;
	/** Yields up to `maxPages` pages of 100 messages, the newest page first. @throws NodeApiError */
	readBackwards(maxPages: number): AsyncGenerator<HistoryPage>;
}

/**
 * Opens the history of a conversation. The API lists the oldest message first (API reference, "Messages").
 *
 * @param note a sentence that is added to the errors of its requests
 */
export function openHistory(sahut: SahutClient, conversationId: string, note?: string): History {
	const pages = openPages<Message>(sahut, listMessagesRequest(conversationId, note));
	let lastPage: Promise<number> | undefined;
	return {
		conversationId,
		async *readBackwards(maxPages) {
			lastPage ??= findLastPage(pages);
			const newest = await lastPage;
			for (let page = newest; page > Math.max(0, newest - maxPages); page--) {
				yield { messages: await pages.read(page), isFirst: page === 1 };
			}
		},
	};
}
