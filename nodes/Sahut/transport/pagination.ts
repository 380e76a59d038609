import { MAX_PAGE_SIZE, openPages, type ListRequest, type Pages } from './pages';
import { hasId } from './repeats';
import type { SahutClient } from './types';
import { upwards } from './walks';
import { createYielder } from './yielder';

/** The maximum size of a wave, as a multiple of the pages that the limit needs if `keep` drops no record. */
const MAX_GROWTH = 16;

/** The maximum number of pages in a wave, since a list may claim any number of pages. */
const MAX_WAVE = 1_000;

/**
 * Pages that are requested ahead: at first as many as the largest Concurrency, so that a list that claims
 * too many pages costs few requests. The number grows with the pages received, up to a limit, since each
 * waiting page takes memory.
 */
const READ_AHEAD = { first: 20, most: 50 };

/** Which records to collect from pages. */
export interface CollectOptions<T> {
	/** The maximum number of records to collect, of those that pass `keep`. */
	limit: number;
	keep?(record: T): boolean;
	/** Collects the records of each page from its end. */
	backwards?: boolean;
}

/** Requests pages ahead, and yields them in order, each as soon as it and all before it have arrived. */
async function* inOrder<T extends { id?: unknown }>(
	pages: Pages<T>,
	wave: number[],
): AsyncGenerator<[number, T[]]> {
	const request = (page: number): [number, Promise<T[]>] => {
		const read = pages.read(page);
		// The error of a page is thrown when the page is yielded.
		read.catch(() => undefined);
		return [page, read];
	};
	const ahead: Array<[number, Promise<T[]>]> = [];
	let requested = 0;
	for (let yielded = 0; ; yielded++) {
		const most = Math.min(READ_AHEAD.most, Math.max(READ_AHEAD.first, 2 * yielded));
		for (; ahead.length < most && requested < wave.length; requested++) {
			const page = wave[requested]!;
			// A page that was read in the meantime may have shown that the list ends earlier.
			if (page <= pages.last()) ahead.push(request(page));
		}
		const [page, read] = ahead.shift() ?? [];
		if (page === undefined || read === undefined) return;
		yield [page, await read];
	}
}

/**
 * Collects records from pages, without duplicates, until the limit is reached or `next` returns no page.
 * Reads only the pages that the limit needs, in waves; the client limits how many of them are in flight.
 * While `keep` drops most records, each wave has more pages than the one before.
 *
 * @param next returns the number of the next page; undefined after the last one
 */
export async function collect<T extends { id: string }>(
	pages: Pages<T>,
	next: () => number | undefined,
	{ limit, keep = () => true, backwards = false }: CollectOptions<T>,
): Promise<T[]> {
	const ids = new Set<string>();
	/** The number of records without an ID that were taken from each page. */
	const unnamed = new Map<number, number>();
	const collected: T[] = [];
	const yieldIfDue = createYielder();
	let growth = 1;
	while (collected.length < limit) {
		const needed = Math.min(MAX_WAVE, Math.ceil((limit - collected.length) / pages.size) * growth);
		const wave: number[] = [];
		for (let page = next(); page !== undefined; page = next()) {
			wave.push(page);
			if (wave.length >= needed) break;
		}
		if (wave.length === 0) break;
		let seen = 0;
		let kept = 0;
		for await (const [page, records] of inOrder(pages, wave)) {
			seen += records.length;
			let withoutId = 0;
			for (const record of backwards ? records.toReversed() : records) {
				const isNamed = hasId(record);
				// A page that is read again starts with the records that it had before.
				const isTaken = isNamed ? ids.has(record.id) : ++withoutId <= (unnamed.get(page) ?? 0);
				if (!keep(record)) continue;
				kept += 1;
				if (isTaken) continue;
				if (isNamed) ids.add(record.id);
				collected.push(record);
			}
			if (withoutId > 0) unnamed.set(page, withoutId);
			pages.release(page);
			await yieldIfDue();
		}
		growth = kept * 2 < seen ? Math.min(MAX_GROWTH, growth * 2) : 1;
	}
	return collected.length > limit ? collected.slice(0, limit) : collected;
}

/** The maximum number of readings of a list that changes during each of them. */
const MAX_READINGS = 5;

/**
 * Reads a complete list once.
 *
 * A record that leaves a list moves all later records forward, so that one of them may move from a page that
 * was not read yet to a page that was. `isStable` is true if this cannot have happened: all pages had the
 * same total, and that many records were read. It does not detect that one record left and another arrived
 * between the same two responses.
 */
async function readOnce<T extends { id: string }>(pages: Pages<T>, maxPages: number) {
	const next = upwards(pages);
	const nextWithinLimit = () => (pages.last() > maxPages ? undefined : next());
	const records = await collect(pages, nextWithinLimit, { limit: Infinity });
	const found = records.length + pages.skipped();
	const total = Math.max(found, ...pages.totals);
	const isStable = pages.totals.size <= 1 && total === found;
	return { records, total, isStable, isTooLong: pages.last() > maxPages };
}

/**
 * Fetches a complete list, without duplicates. Reads the list again until no record can be missing: the last
 * reading was stable, or it found no new record and as many records as the total are known. After several
 * readings, also returns records that only an earlier reading found, since the last one may have missed them.
 *
 * @param first pages of the list, some of which may have been read just now, for the first reading
 * @throws NodeApiError as {@link SahutClient.request} does; PagingError if the list repeats its pages
 */
export async function fetchAll<T extends { id: string }>(
	sahut: SahutClient,
	request: ListRequest,
	first?: Pages<T>,
): Promise<T[]> {
	return (await fetchAllUpTo<T>(sahut, request, Infinity, first)) ?? [];
}

/**
 * Fetches a complete list as {@link fetchAll} does, unless it has more than `maxPages` pages.
 *
 * @returns undefined if the list has more pages
 */
export async function fetchAllUpTo<T extends { id: string }>(
	sahut: SahutClient,
	request: ListRequest,
	maxPages: number,
	first?: Pages<T>,
): Promise<T[] | undefined> {
	const known = new Map<string, T>();
	for (let reading = 1; ; reading++) {
		const pages = (reading === 1 && first) || openPages<T>(sahut, request);
		const { records, total, isStable, isTooLong } = await readOnce<T>(pages, maxPages);
		if (isTooLong) return undefined;
		if (isStable) return records;
		const named = records.filter(hasId);
		const unnamed = records.filter((record) => !hasId(record));
		const isComplete =
			known.size + unnamed.length >= total && named.every(({ id }) => known.has(id));
		for (const record of named) known.set(record.id, record);
		if (isComplete || reading === MAX_READINGS) return [...known.values(), ...unnamed];
	}
}

/** Reports the total of a list, if Sahut shows one and the list may have more records than the limit. */
export function reportTotal(
	{ totals }: { totals: ReadonlySet<number> },
	records: unknown[],
	limit: number,
	onTotal?: (total: number) => void,
): void {
	if (records.length >= limit && totals.size > 0) onTotal?.(Math.max(...totals));
}

/**
 * Fetches the first `limit` records of a list, in the API's order and without duplicates. Reads page 1, which
 * shows the number of pages, and then the pages that the limit needs. If records move or arrive in the
 * meantime, reads further pages until the limit or the end of the list is reached.
 *
 * @param onTotal as for {@link reportTotal}
 * @throws NodeApiError as {@link SahutClient.request} does; PagingError if the list repeats its pages
 */
export async function fetchList<T extends { id: string }>(
	sahut: SahutClient,
	request: ListRequest,
	limit = Infinity,
	onTotal?: (total: number) => void,
): Promise<T[]> {
	if (limit === Infinity) return await fetchAll<T>(sahut, request);
	const pages = openPages<T>(sahut, request, Math.min(limit, MAX_PAGE_SIZE));
	const records = await collect(pages, upwards(pages), { limit });
	reportTotal(pages, records, limit, onTotal);
	return records;
}
