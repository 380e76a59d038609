import type { IDataObject } from 'n8n-workflow';

import { hasStatus } from './errors';
import { createPageCount } from './pageCount';
import { createRepeatCheck } from './repeats';
import type { PageMeta, SahutClient, SahutRequest, Wording } from './types';

/** The maximum number of records per page (API reference, "Basics"). */
export const MAX_PAGE_SIZE = 100;

/** A list request without the number and the size of the page. */
export type ListRequest = Pick<SahutRequest, 'path' | 'query' | 'onSend'> & { wording: Wording };

/** Creates the request for a list of contacts or conversations, optionally with filters. */
export function listRequest(
	records: 'contacts' | 'conversations',
	query?: IDataObject,
): ListRequest {
	return { path: [records], query, wording: { action: `read ${records}` } };
}

/** Whether a value is a JSON object. */
export const isRecord = (value: unknown) =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** One page of a list. */
export interface Page<T> {
	/** The records, without entries that are not objects, such as null: they contain no data. */
	data: T[];
	/** The number of entries, including those that are not objects. */
	rows: number;
	meta?: PageMeta;
}

/**
 * Fetches page `page` (from 1) of a list.
 *
 * @throws NodeApiError as {@link SahutClient.request} does
 */
export async function fetchPage<T>(
	sahut: SahutClient,
	{ path, query, onSend, wording }: ListRequest,
	page: number,
	perPage = MAX_PAGE_SIZE,
): Promise<Page<T>> {
	const paged = { ...query, page, per_page: perPage };
	const request: SahutRequest = { method: 'GET', path, query: paged, onSend, expects: 'list' };
	const { data, meta } = await sahut.request<T[]>(request, wording);
	const records = data.every(isRecord) ? data : data.filter(isRecord);
	return { data: records, rows: data.length, meta };
}

/**
 * Creates a reader for the pages of one list. It fetches each page once, and the last page again if pages
 * have been added after it.
 *
 * @param size records per page, up to 100
 */
export function openPages<T extends { id?: unknown }>(
	sahut: SahutClient,
	request: ListRequest,
	size = MAX_PAGE_SIZE,
) {
	const reads = new Map<number, Promise<T[]>>();
	const readPages = new Set<number>();
	const partialPages = new Set<number>();
	const reread = new Set<number>();
	const skipped = new Map<number, number>();
	const totals = new Set<number>();
	let latestTotal = 0;
	let hasShrunk = false;
	const count = createPageCount(size);
	const assertNoRepeat = createRepeatCheck(
		async (page) => (await fetchPage<T>(sahut, request, page, size)).data,
		request.wording,
	);

	async function fetch(page: number): Promise<T[]> {
		const fetched = fetchPage<T>(sahut, request, page, size);
		const { data, rows, meta } = await fetched.catch((error: unknown): Page<T> => {
			// It is not documented how Sahut responds to a page after the end of a list.
			if (count.isGuess(page) && hasStatus(error, 404)) return { data: [], rows: 0 };
			throw error;
		});
		count.add(page, rows, meta);
		if (meta?.total !== undefined) {
			hasShrunk ||= meta.total < latestTotal;
			latestTotal = meta.total;
			totals.add(meta.total);
		}
		const isFull = rows >= count.full();
		if (!isFull) partialPages.add(page);
		if (rows > data.length) skipped.set(page, rows - data.length);
		if (rows > 0) await assertNoRepeat(page, data, isFull);
		readPages.add(page);
		return data;
	}

	/** Whether the page was not full when it was read, but must be full by now. */
	const hasGrown = (page: number) =>
		partialPages.has(page) && !reread.has(page) && page < count.last();

	return {
		/** Records on a page that is full. */
		size,

		hasGrown,

		/** The number of the last page, as far as it is known from the pages that were read; 1 at first. */
		last: () => count.last(),

		/** Whether `meta` shows the number of the last page. Otherwise, further pages may follow. */
		isLastKnown: () => !count.isGuess(count.last()),

		/** Whether all pages up to the last one have been read. */
		isComplete(): boolean {
			for (let page = 1; page <= count.last(); page++) if (!readPages.has(page)) return false;
			return true;
		},

		/** The different values of `meta.total` on the pages that were read. */
		totals,

		/**
		 * Whether the list became shorter between two responses. Then a record may have moved from a page that
		 * was not read yet to one that was.
		 */
		hasShrunk: () => hasShrunk,

		/** The number of entries that are not objects. */
		skipped: () => [...skipped.values()].reduce((sum, each) => sum + each, 0),

		/** Frees the memory of a page that is not read again. */
		release: (page: number) => void reads.delete(page),

		/**
		 * Returns the records of page `page`, from 1.
		 *
		 * @throws PagingError if the list repeats its pages; NodeApiError
		 */
		async read(page: number): Promise<T[]> {
			if (hasGrown(page)) {
				reread.add(page);
				reads.delete(page);
			}
			const read = reads.get(page) ?? fetch(page);
			reads.set(page, read);
			return await read;
		},
	};
}

/** The pages of one list. */
export type Pages<T extends { id?: unknown }> = ReturnType<typeof openPages<T>>;
