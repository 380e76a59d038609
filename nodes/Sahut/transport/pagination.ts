import type { SahutClient } from './client';
import type { Envelope, SahutRequest } from './types';

/** The most records that Sahut puts on one page (API reference, "Basics"). */
export const MAX_PAGE_SIZE = 100;

/** A wave of pages is at most this many times what the limit would need if every record counted. */
const MAX_GROWTH = 16;

/** A list call without its paging. */
export type ListRequest = Omit<SahutRequest, 'method' | 'body' | 'expects'>;

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

/** The pages of one list, each fetched once; a last page that has others behind it by now, again. */
export interface Pages<T> {
	/** Records on a page that is full. */
	readonly size: number;
	/** The records of page `page`, from 1. */
	read(page: number): Promise<T[]>;
	/** The number of the last page, as far as the pages that were read have told; 1 at first. */
	last(): number;
	/** Whether the page was not full when it was read, and must be by now. */
	hasGrown(page: number): boolean;
}

/** @param size records to a page, up to 100 */
export function openPages<T>(
	sahut: SahutClient,
	request: ListRequest,
	size = MAX_PAGE_SIZE,
): Pages<T> {
	const reads = new Map<number, Promise<T[]>>();
	const short = new Set<number>();
	const again = new Set<number>();
	let last = 1;

	async function fetch(page: number): Promise<T[]> {
		const { data, meta } = await fetchPage<T>(sahut, request, page, size);
		// Without the documented `meta`, a full page may have another one behind it.
		last = Math.max(last, meta?.total_pages ?? (data.length === size ? page + 1 : page));
		if (data.length < size) short.add(page);
		return data;
	}

	const hasGrown = (page: number) => short.has(page) && !again.has(page) && page < last;

	return {
		size,
		last: () => last,
		hasGrown,
		async read(page) {
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

/** What to take from the pages that a walk comes by. */
export interface Wanted<T> {
	/** Counts the records that pass `keep`. */
	limit: number;
	keep?(record: T): boolean;
	/** Takes the records of a page from its end. */
	backwards?: boolean;
}

/**
 * Walks over pages and collects records in that order, none twice, until the limit is reached or
 * `next` gives no further page. Reads only the pages that the limit needs, all of them at once (the
 * client bounds how many are in flight); where `keep` drops most records, ever more pages at once.
 */
export async function collect<T extends { id: string }>(
	pages: Pages<T>,
	next: () => number | undefined,
	{ limit, keep = () => true, backwards = false }: Wanted<T>,
): Promise<T[]> {
	const collected = new Map<string, T>();
	let growth = 1;
	while (collected.size < limit) {
		const most = Math.ceil((limit - collected.size) / pages.size) * growth;
		const wave: number[] = [];
		for (let page = next(); page !== undefined; page = next()) {
			wave.push(page);
			if (wave.length >= most) break;
		}
		if (wave.length === 0) break;
		const seen = (await Promise.all(wave.map(pages.read))).flatMap((records) =>
			backwards ? [...records].reverse() : records,
		);
		const kept = seen.filter(keep);
		for (const record of kept) {
			if (!collected.has(record.id)) collected.set(record.id, record);
		}
		growth = kept.length * 2 < seen.length ? Math.min(MAX_GROWTH, growth * 2) : 1;
	}
	return [...collected.values()].slice(0, limit);
}

/**
 * Fetches the first `limit` records of a list, in the API's order and none of them twice: page 1
 * first, which tells how many there are, then the further pages that are needed. Records that move
 * to a later page meanwhile, or that are new, are looked for until the limit or the end is reached.
 *
 * @throws NodeApiError as {@link SahutClient.request} does.
 */
export async function fetchList<T extends { id: string }>(
	sahut: SahutClient,
	request: ListRequest,
	limit = Infinity,
): Promise<T[]> {
	const pages = openPages<T>(sahut, request, Math.min(limit, MAX_PAGE_SIZE));
	return await collect(pages, upwards(pages), { limit });
}
