import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { connect } from '../../transport/client';
import { fetchPage, lastPageBy, listOf } from '../../transport/pages';
import type { Contact } from '../../transport/types';
import { isPartOfPhone, subscriberDigits } from '../../values/phoneText';
import { entryOf } from '../recentRecords';

/**
 * What to search for, one after the other, until somebody is found: a number as Sahut stores it, by the
 * digits that all of its forms have, should it have been stored as it was typed, and as it is typed now.
 */
function toSearchTexts(filter: string): string[] {
	const text = filter.trim();
	if (!isPartOfPhone(text)) return [text];
	const stored = text.replace(/[^\d+]/g, '').replace(/^0+/, '+62');
	return [...new Set([stored, subscriberDigits(text), text])].filter((each) => each !== '');
}

/**
 * The contacts for the locator, page by page, e.g. "Budi Santoso · +628123456789".
 *
 * @param paginationToken the page to come, and which of the texts has found somebody: `2 0`
 */
export async function searchContacts(
	this: ILoadOptionsFunctions,
	filter = '',
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const sahut = await connect(this);
	const [page = 1, found = 0] = (paginationToken ?? '1').split(' ').map(Number);
	for (const [index, text] of [...toSearchTexts(filter).entries()].slice(found)) {
		const list = listOf('contacts', text === '' ? {} : { q: text });
		const answer = await fetchPage<Contact>(sahut, list, page);
		if (answer.data.length === 0) continue;
		return {
			results: answer.data.map(({ id, name, phone, email }) => entryOf(id, name, phone || email)),
			paginationToken: page < lastPageBy(answer, page) ? `${page + 1} ${index}` : undefined,
		};
	}
	return { results: [] };
}
