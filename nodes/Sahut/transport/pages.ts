import type { IDataObject } from 'n8n-workflow';

import { createCommonTexts } from './commonTexts';
import type { Envelope, SahutClient, SahutRequest, Wording } from './types';

/** The most records that Sahut puts on one page (API reference, "Basics"). */
export const MAX_PAGE_SIZE = 100;

/** A list call without its paging. */
export type ListRequest = Pick<SahutRequest, 'path' | 'query'> & { wording: Wording };

/** Returns the list call for all records of one kind, or for those that match a query. */
export function listOf(records: 'contacts' | 'conversations', query?: IDataObject): ListRequest {
	return { path: [records], query, wording: { subject: `list of ${records}` } };
}

/**
 * Fetches page `page` (from 1) of a list.
 *
 * @throws NodeApiError as {@link SahutClient.request} does.
 */
export async function fetchPage<T>(
	sahut: SahutClient,
	{ path, query, wording }: ListRequest,
	page: number,
	perPage = MAX_PAGE_SIZE,
): Promise<Envelope<T[]>> {
	const paged = { ...query, page, per_page: perPage };
	return await sahut.request<T[]>({ method: 'GET', path, query: paged, expects: 'list' }, wording);
}

/**
 * The number of the last page, as far as page `page` tells. Without the documented `meta`, or where it
 * has no numbers, a full page may have another one behind it.
 */
export function lastPageBy(
	{ data, meta }: Envelope<unknown[]>,
	page: number,
	size = MAX_PAGE_SIZE,
): number {
	const { total_pages = 0, total = 0, per_page } = meta ?? {};
	if (total_pages > 0) return total_pages;
	if (total > 0) return Math.ceil(total / (per_page || size));
	return data.length === size ? page + 1 : page;
}

/**
 * Opens the pages of one list. Each is fetched once; a last page that has others behind it by now,
 * again.
 *
 * @param size records to a page, up to 100
 */
export function openPages<T>(sahut: SahutClient, request: ListRequest, size = MAX_PAGE_SIZE) {
	const reads = new Map<number, Promise<T[]>>();
	const short = new Set<number>();
	const again = new Set<number>();
	const totals = new Set<number>();
	const keepTextsOnce = createCommonTexts();
	let last = 1;

	async function fetch(page: number): Promise<T[]> {
		const answer = await fetchPage<T>(sahut, request, page, size);
		const { data, meta } = answer;
		last = Math.max(last, lastPageBy(answer, page, size));
		if (meta?.total !== undefined) totals.add(meta.total);
		if (data.length < size) short.add(page);
		keepTextsOnce(data);
		return data;
	}

	/** Whether the page was not full when it was read, and must be by now. */
	const hasGrown = (page: number) => short.has(page) && !again.has(page) && page < last;

	return {
		/** Records on a page that is full. */
		size,

		hasGrown,

		/** The number of the last page, as far as the pages that were read have told; 1 at first. */
		last: () => last,

		/** The `meta.total` that the pages have told, each once; nothing where they tell none. */
		totals,

		/** Lets go of a page that is not read again. */
		release: (page: number) => void reads.delete(page),

		/** The records of page `page`, from 1. */
		async read(page: number): Promise<T[]> {
			if (hasGrown(page)) {
				again.add(page);
				reads.delete(page);
			}
			const read = reads.get(page) ?? fetch(page);
			reads.set(page, read);
			return await read;
		},
	};
}

/** The pages of one list. */
export type Pages<T> = ReturnType<typeof openPages<T>>;

/** Counts pages up from `first`, to the last one known at that time and below `end`. */
export function upwards(
	pages: Pages<unknown>,
	first = 1,
	end = Infinity,
): () => number | undefined {
	let page = first;
	let revisited = 0;
	return () => {
		if (page > first && revisited < page - 1 && pages.hasGrown(page - 1)) {
			revisited = page - 1;
			return revisited;
		}
		return page < end && page <= pages.last() ? page++ : undefined;
	};
}

/** Counts pages down from `last` to `first`. */
export function downwards(last: number, first: number): () => number | undefined {
	let page = last;
	return () => (page >= first ? page-- : undefined);
}

/** Takes pages from the beginning and from the end by turns, `most` of them: page 1 comes first. */
export function fromBothEnds(pages: Pages<unknown>, most: number): () => number | undefined {
	let taken = 0;
	let last = 1;
	return () => {
		// How many there are is known once page 1 has been read.
		if (taken === 1) last = pages.last();
		if (taken > 0 && taken >= Math.min(last, most)) return undefined;
		const fromEnd = taken++;
		return fromEnd % 2 === 0 ? fromEnd / 2 + 1 : last - (fromEnd - 1) / 2;
	};
}
