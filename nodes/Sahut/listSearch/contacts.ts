import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { connect } from '../transport/client';
import { fetchPage } from '../transport/pages';
import type { Contact } from '../transport/types';
import { isPartOfPhone } from './phoneSearch';

/** What to search for: Sahut stores `0812-3456` as `+628123456`. */
function toSearchText(filter: string): string {
	const text = filter.trim();
	if (!isPartOfPhone(text)) return text;
	return text.replace(/[^\d+]/g, '').replace(/^0+/, '+62');
}

/** The contacts for the locator, page by page, e.g. "Budi Santoso · +628123456789". */
export async function searchContacts(
	this: ILoadOptionsFunctions,
	filter = '',
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const page = Number(paginationToken ?? 1);
	const text = toSearchText(filter);
	const { data, meta } = await fetchPage<Contact>(
		await connect(this),
		{ path: ['contacts'], query: text === '' ? {} : { q: text }, subject: 'list of contacts' },
		page,
	);
	return {
		results: data.map(({ id, name, phone, email }) => ({
			name: [name, phone || email].filter(Boolean).join(' · ') || id,
			value: id,
		})),
		paginationToken: page < (meta?.total_pages ?? page) ? String(page + 1) : undefined,
	};
}
