import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { connect } from '../../transport/client';
import { fetchPage, lastPageBy } from '../../transport/pages';
import type { Conversation } from '../../transport/types';
import { isPartOfPhone, subscriberDigits } from './phoneSearch';

/** How many pages of 100 one look into the list reads at most, until something matches. */
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
	const results: INodeListSearchResult['results'] = [];
	let page = firstPage;
	let last: number;
	do {
		const answer = await fetchPage<Conversation>(
			sahut,
			{ path: ['conversations'], wording: { subject: 'list of conversations' } },
			page,
		);
		for (const conversation of answer.data.filter((found) => matchesSearch(found, filter))) {
			const { id, contact, channel, status } = conversation;
			const name = [contact?.name ?? contact?.phone, channel?.name, status]
				.filter(Boolean)
				.join(' · ');
			results.push({ name: name || id, value: id });
		}
		last = lastPageBy(answer, page);
		page += 1;
	} while (results.length === 0 && page <= last && page - firstPage < MAX_PAGES_PER_SEARCH);
	return { results, paginationToken: page <= last ? String(page) : undefined };
}
