import type { INodeListSearchResult } from 'n8n-workflow';

import { planContactSearches } from '../../api/typedSearch';
import { listRequest, openPages } from '../../transport/pages';
import { hasId } from '../../transport/repeats';
import type { Contact, SahutClient } from '../../transport/types';
import { toEntry } from '../recentRecords';

/** The maximum number of pages that one call reads for each search, if no contact matches. */
const MAX_PAGES_PER_SEARCH = 3;

/**
 * Searches contacts for the locator, page by page, e.g. "Budi Santoso · +628123456789".
 *
 * @param paginationToken the next page, and the index of the search that found contacts, e.g. `2 0`
 */
export async function searchContacts(
	sahut: SahutClient,
	filter = '',
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const [firstPage = 1, searchIndex] = (paginationToken ?? '1').split(' ').map(Number);
	for (const [index, { q, isWanted }] of planContactSearches(filter).entries()) {
		// The next pages must come from the search that found the first contacts.
		if (searchIndex !== undefined && index !== searchIndex) continue;
		const pages = openPages<Contact>(sahut, listRequest('contacts', q === '' ? {} : { q }));
		for (let page = firstPage; page < firstPage + MAX_PAGES_PER_SEARCH; page++) {
			const contacts = (await pages.read(page)).filter(hasId).filter(isWanted);
			const hasMore = page < pages.last();
			if (contacts.length > 0) {
				return {
					results: contacts.map(({ id, name, phone, email }) => toEntry(id, name, phone || email)),
					paginationToken: hasMore ? `${page + 1} ${index}` : undefined,
				};
			}
			if (!hasMore) break;
		}
	}
	return { results: [] };
}
