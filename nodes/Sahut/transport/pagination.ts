import type { SahutClient } from './client';
import { MAX_PAGE_SIZE, openPages, upwards, type ListRequest, type Pages } from './pages';

/** A wave of pages is at most this many times what the limit would need if every record counted. */
const MAX_GROWTH = 16;

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
