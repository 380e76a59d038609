import type { SahutClient } from './client';
import type { Envelope, SahutRequest } from './types';

/** The most records that Sahut puts on one page (API reference, "Basics"). */
export const MAX_PAGE_SIZE = 100;

/** A list call without its paging. */
export type ListRequest = Omit<SahutRequest, 'method' | 'body' | 'expects'>;

interface Identified {
	id: string;
}

/**
 * Fetches page `page` (from 1) of a list.
 *
 * @throws NodeApiError as {@link SahutClient.request} does.
 */
export async function fetchPage<T>(
	sahut: SahutClient,
	request: ListRequest,
	page: number,
	perPage = MAX_PAGE_SIZE,
): Promise<Envelope<T[]>> {
	const query = { ...request.query, page, per_page: perPage };
	return await sahut.request<T[]>({ ...request, method: 'GET', query, expects: 'list' });
}

/** How many pages there are, told by a page: by its `meta` or, without one, by whether it is full. */
function totalPages({ data, meta }: Envelope<unknown[]>, page: number, perPage: number): number {
	return meta?.total_pages ?? (data.length === perPage ? page + 1 : page);
}

/**
 * Fetches the first `limit` records of a list, in the API's order and none of them twice: page 1
 * first, then all further pages that are needed, at once (the client bounds how many are in
 * flight). Records that move to a later page meanwhile, or that are new, are looked for until the
 * limit or the last page is reached.
 *
 * @throws NodeApiError as {@link SahutClient.request} does.
 */
export async function fetchList<T extends Identified>(
	sahut: SahutClient,
	request: ListRequest,
	limit = Infinity,
): Promise<T[]> {
	const perPage = Math.min(limit, MAX_PAGE_SIZE);
	const records = new Map<string, T>();
	let fetched = 0;
	let last = 1;
	while (fetched < last && records.size < limit) {
		const wanted = Math.min(last, fetched + Math.ceil((limit - records.size) / perPage));
		const numbers = Array.from({ length: wanted - fetched }, (_, index) => fetched + 1 + index);
		const pages = await Promise.all(
			numbers.map(async (page) => await fetchPage<T>(sahut, request, page, perPage)),
		);
		for (const [index, page] of pages.entries()) {
			for (const record of page.data) {
				if (!records.has(record.id)) records.set(record.id, record);
			}
			last = Math.max(last, totalPages(page, numbers[index]!, perPage));
		}
		fetched = wanted;
	}
	return [...records.values()].slice(0, limit);
}
