import { createBreaks } from './breaks';
import { MAX_PAGE_SIZE, openPages, type ListRequest, type Pages } from './pages';
import { hasId } from './repeats';
import type { SahutClient } from './types';
import { upwards } from './walks';

/** A wave of pages is at most this many times what the limit would need if every record counted. */
const MAX_GROWTH = 16;

/** Pages in one wave, whatever number of pages a list says it has. */
const MAX_WAVE = 1_000;

/**
 * Pages that are requested ahead: at first as many as the largest Concurrency, so that a list that claims
 * too many pages costs few requests. The number grows with the pages received, up to a limit, since each
 * waiting page takes memory.
 */
const READ_AHEAD = { first: 20, most: 50 };

/** What to take from the pages that a walk comes by. */
export interface Wanted<T> {
	/** Counts the records that pass `keep`. */
	limit: number;
	keep?(record: T): boolean;
	/** Takes the records of a page from its end. */
	backwards?: boolean;
}

/** Requests pages ahead, and yields them in order, each as soon as it has arrived. */
async function* inOrder<T extends { id?: unknown }>(
	pages: Pages<T>,
	wave: number[],
): AsyncGenerator<[number, T[]]> {
	const ask = (page: number): [number, Promise<T[]>] => {
		const read = pages.read(page);
		// The error of a page is reported when it is the turn of the page.
		read.catch(() => undefined);
		return [page, read];
	};
	const ahead: Array<[number, Promise<T[]>]> = [];
	let asked = 0;
	for (let given = 0; ; given++) {
		const most = Math.min(READ_AHEAD.most, Math.max(READ_AHEAD.first, 2 * given));
		for (; ahead.length < most && asked < wave.length; asked++) {
			const page = wave[asked]!;
			// A page that was read meanwhile may have shown that the list ends earlier.
			if (page <= pages.last()) ahead.push(ask(page));
		}
		const [page, read] = ahead.shift() ?? [];
		if (page === undefined || read === undefined) return;
		yield [page, await read];
	}
}

/**
 * Walks over pages and collects records in that order, none twice, until the limit is reached or
 * `next` gives no further page. Reads only the pages that the limit needs, in waves (the client bounds
 * how many of one are in flight); where `keep` drops most records, ever more pages in a wave.
 */
export async function collect<T extends { id: string }>(
	pages: Pages<T>,
	next: () => number | undefined,
	{ limit, keep = () => true, backwards = false }: Wanted<T>,
): Promise<T[]> {
	const ids = new Set<string>();
	/** The number of records without an ID that were taken from each page. */
	const unnamed = new Map<number, number>();
	const collected: T[] = [];
	const takeBreak = createBreaks();
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
			await takeBreak();
		}
		growth = kept * 2 < seen ? Math.min(MAX_GROWTH, growth * 2) : 1;
	}
	return collected.length > limit ? collected.slice(0, limit) : collected;
}

/** How often a list is read that changes while it is read. */
const MAX_READINGS = 5;

/**
 * One reading of a whole list.
 *
 * A record that leaves a list moves all behind it forward: one of them may slip from a page that is
 * still to be read to one that was read before. `isSteady` tells that none has: all pages told the
 * same total, and that is how many records came. What it cannot tell is that one has left and another
 * has come between the same two answers.
 */
async function readWhole<T extends { id: string }>(sahut: SahutClient, request: ListRequest) {
	const pages = openPages<T>(sahut, request);
	const records = await collect(pages, upwards(pages), { limit: Infinity });
	const found = records.length + pages.skipped();
	const total = Math.max(found, ...pages.totals);
	return { records, total, isSteady: pages.totals.size <= 1 && total === found };
}

/**
 * Fetches a whole list, none of its records twice and, of those that stay in it, none missed: it is
 * read again until nothing can have slipped, since a reading was steady, or found nothing new where as
 * many as there are were known. Then what only an earlier one found is kept as well, since it may have
 * slipped in the last.
 */
export async function fetchAll<T extends { id: string }>(
	sahut: SahutClient,
	request: ListRequest,
): Promise<T[]> {
	const known = new Map<string, T>();
	for (let reading = 1; ; reading++) {
		const { records, total, isSteady } = await readWhole<T>(sahut, request);
		if (isSteady) return records;
		const named = records.filter(hasId);
		const unnamed = records.filter((record) => !hasId(record));
		const isComplete =
			known.size + unnamed.length >= total && named.every(({ id }) => known.has(id));
		for (const record of named) known.set(record.id, record);
		if (isComplete || reading === MAX_READINGS) return [...known.values(), ...unnamed];
	}
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
	if (limit === Infinity) return await fetchAll<T>(sahut, request);
	const pages = openPages<T>(sahut, request, Math.min(limit, MAX_PAGE_SIZE));
	return await collect(pages, upwards(pages), { limit });
}
