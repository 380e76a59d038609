import { listMessagesRequest } from '../api/messages';
import { openPages } from '../transport/pages';
import { findLastPage } from '../transport/timeline';
import type { Message, SahutClient } from '../transport/types';

/** A page of a conversation, oldest message first. */
export interface HistoryPage {
	messages: Message[];
	/** Whether nothing comes before it. */
	isFirst: boolean;
}

/** The messages of a conversation. Each page is read once, and all searches for an item share it. */
export interface History {
	conversationId: string;
	/** Yields up to `maxPages` pages, the last one first. */
	readBackwards(maxPages: number): AsyncGenerator<HistoryPage>;
}

/** Opens the history of a conversation (API reference, "Messages": oldest to newest). */
export function openHistory(sahut: SahutClient, conversationId: string, note?: string): History {
	const pages = openPages<Message>(sahut, listMessagesRequest(conversationId, note));
	let last: Promise<number> | undefined;
	return {
		conversationId,
		async *readBackwards(maxPages) {
			last ??= findLastPage(pages);
			const end = await last;
			for (let page = end; page > Math.max(0, end - maxPages); page--) {
				yield { messages: await pages.read(page), isFirst: page === 1 };
			}
		},
	};
}
