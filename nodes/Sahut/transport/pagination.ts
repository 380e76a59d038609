import { createBreaks } from './breaks';
import { MAX_PAGE_SIZE, openPages, upwards, type ListRequest, type Pages } from './pages';
import type { SahutClient } from './types';

/** A wave of pages is at most this many times what the limit would need if every record counted. */
const MAX_GROWTH = 16;

/** Pages in one wave, whatever number of pages a list says it has. */
const MAX_WAVE = 1_000;

/** How many pages are asked for ahead of the one that is taken: each that waits takes memory. */
const READ_AHEAD = 50;

/** What to take from the pages that a walk comes by. */
export interface Wanted<T> {
	/** Counts the records that pass `keep`. */
	limit: number;
	keep?(record: T): boolean;
	/** Takes the records of a page from its end. */
	backwards?: boolean;
}

/** Asks for pages ahead, and gives each as soon as it and those before it are there. */
async function* inOrder<T>(pages: Pages<T>, wave: number[]): AsyncGenerator<[number, T[]]> {
	const ask = (page: number) => {
		const read = pages.read(page);
		// One that fails before its turn is heard of at its turn.
		read.catch(() => undefined);
		return read;
	};
	const ahead = wave.slice(0, READ_AHEAD).map(ask);
	for (const [index, page] of wave.entries()) {
		const records = await ahead.shift()!;
		const next = wave[index + READ_AHEAD];
		if (next !== undefined) ahead.push(ask(next));
		yield [page, records];
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
			for (const record of backwards ? records.toReversed() : records) {
				if (!keep(record)) continue;
				kept += 1;
				if (ids.has(record.id)) continue;
				ids.add(record.id);
				collected.push(record);
			}
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
	const total = Math.max(records.length, ...pages.totals);
	return { records, total, isSteady: pages.totals.size <= 1 && total === records.length };
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
		const isComplete = known.size >= total && records.every(({ id }) => known.has(id));
		for (const record of records) known.set(record.id, record);
		if (isComplete || reading === MAX_READINGS) return [...known.values()];
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
