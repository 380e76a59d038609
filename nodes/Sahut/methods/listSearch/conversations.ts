import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { connect } from '../../transport/client';
import { listOf, openPages } from '../../transport/pages';
import { hasId } from '../../transport/repeats';
import type { Conversation } from '../../transport/types';
import { isPartOfPhone, subscriberDigits } from '../../values/phoneText';
import { entryOf } from '../recentRecords';

/** The most pages of 100 that one call reads until it finds a conversation that matches. */
const MAX_PAGES_PER_SEARCH = 10;

/** Whether a conversation is what the user types: part of the contact's name, phone or the channel. */
export function matchesSearch({ contact, channel }: Conversation, filter: string): boolean {
	const wanted = filter.trim().toLowerCase();
	const texts = [contact?.name, contact?.phone, channel?.name, channel?.type];
	if (wanted === '' || texts.some((text) => text?.toLowerCase().includes(wanted))) return true;
	const digits = isPartOfPhone(wanted) ? subscriberDigits(wanted) : '';
	return digits !== '' && subscriberDigits(contact?.phone ?? '').includes(digits);
}

/**
 * The conversations for the locator, page by page, e.g. "Budi Santoso · WhatsApp Utama · open".
 * The API has no search over conversations, so pages are read until some match.
 */
export async function searchConversations(
	this: ILoadOptionsFunctions,
	filter = '',
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const sahut = await connect(this);
	const firstPage = Number(paginationToken ?? 1);
	const pages = openPages<Conversation>(sahut, listOf('conversations'));
	for (let page = firstPage; ; page++) {
		const conversations = await pages.read(page);
		const results = conversations
			.filter((conversation) => hasId(conversation) && matchesSearch(conversation, filter))
			.map(({ id, contact, channel, status }) =>
				entryOf(id, contact?.name ?? contact?.phone, channel?.name, status),
			);
		const hasMore = page < pages.last();
		const isEnough = results.length > 0 || page + 1 - firstPage >= MAX_PAGES_PER_SEARCH;
		if (isEnough || !hasMore) {
			return { results, paginationToken: hasMore ? String(page + 1) : undefined };
		}
	}
}
