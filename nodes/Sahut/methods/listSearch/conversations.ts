import type { INodeListSearchResult } from 'n8n-workflow';

import { listRequest, openPages } from '../../transport/pages';
import { hasId } from '../../transport/repeats';
import type { Conversation, SahutClient } from '../../transport/types';
import { isPartOfPhone, subscriberDigits } from '../../values/phoneText';
import { toEntry } from '../recentRecords';

/** The maximum number of pages, each with 100 conversations, that one call reads if none matches. */
const MAX_PAGES_PER_SEARCH = 10;

/** Whether the contact's name or phone number, or the channel, contains the search text. */
export function matchesSearch({ contact, channel }: Conversation, filter: string): boolean {
	const searchText = filter.trim().toLowerCase();
	const texts = [contact?.name, contact?.phone, channel?.name, channel?.type];
	if (searchText === '' || texts.some((text) => text?.toLowerCase().includes(searchText))) {
		return true;
	}
	const digits = isPartOfPhone(searchText) ? subscriberDigits(searchText) : '';
	return digits !== '' && subscriberDigits(contact?.phone ?? '').includes(digits);
}

/**
 * Searches conversations for the locator, page by page, e.g. "Budi Santoso · WhatsApp Utama · open".
 * The API cannot search conversations, so this reads pages until a conversation matches.
 *
 * @param paginationToken the next page
 */
export async function searchConversations(
	sahut: SahutClient,
	filter = '',
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const firstPage = Number(paginationToken ?? 1);
	const pages = openPages<Conversation>(sahut, listRequest('conversations'));
	for (let page = firstPage; ; page++) {
		const conversations = await pages.read(page);
		const results = conversations
			.filter((conversation) => hasId(conversation) && matchesSearch(conversation, filter))
			.map(({ id, contact, channel, status }) =>
				toEntry(id, contact?.name ?? contact?.phone, channel?.name, status),
			);
		const hasMore = page < pages.last();
		const isEnough = results.length > 0 || page + 1 - firstPage >= MAX_PAGES_PER_SEARCH;
		if (isEnough || !hasMore) {
			return { results, paginationToken: hasMore ? String(page + 1) : undefined };
		}
	}
}
