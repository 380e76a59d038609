import { MAX_PAGE_SIZE, openPages, type ListRequest, type Pages } from './pages';
import { collect, reportTotal } from './pagination';
import type { SahutClient } from './types';
import { downwards, upwards } from './walks';

/** A record of a timeline: a list in order of time, oldest first, that only grows at its end. */
export interface TimedRecord {
	id: string;
	/** ISO 8601. */
	created_at: string;
}

/** The part of a timeline to fetch. Times are in milliseconds since the epoch. */
export interface Selection<T> {
	/** The maximum number of records to fetch, of those that pass `keep`. */
	limit: number;
	newestFirst?: boolean;
	/** The earliest time. */
	after?: number;
	/** The end of the range, exclusive: adjacent ranges share no record and miss none. */
	before?: number;
	keep?(record: T): boolean;
}

const timeOf = ({ created_at }: TimedRecord) => Date.parse(created_at);

const isAtOrAfter = (time: number, record?: TimedRecord) =>
	record !== undefined && timeOf(record) >= time;

/** Whether a record has a valid time. Records without one do not show the position of their page. */
const hasTime = (record: TimedRecord) => !Number.isNaN(timeOf(record));

/**
 * Finds the first page from `low` on that satisfies `isPast`, by bisection. All pages after it must satisfy
 * it too. An empty page counts as past.
 *
 * @returns its number; one more than the last page if no page satisfies `isPast`
 */
async function findFirstPage<T extends { id?: unknown }>(
	pages: Pages<T>,
	low: number,
	isPast: (records: T[]) => boolean,
): Promise<number> {
	let firstPast = Infinity;
	// Each page that is read may change the number of the last page.
	for (let end = pages.last() + 1; low < end; end = Math.min(firstPast, pages.last() + 1)) {
		const middle = Math.floor((low + end) / 2);
		const records = await pages.read(middle);
		if (middle > pages.last() || isPast(records)) firstPast = middle;
		else low = middle + 1;
	}
	return low;
}

/**
 * Finds the last page, even if the list grows by a page in the meantime. If `meta` claims too many pages,
 * finds the last page by bisection.
 */
export async function findLastPage(pages: Pages<{ id?: unknown }>): Promise<number> {
	for (let empty = 0; ; ) {
		const last = pages.last();
		await pages.read(last);
		if (pages.last() === last) return last;
		if (pages.last() < last) empty += 1;
		// One empty page is normal: the list may have become shorter.
		if (empty > 1) await findFirstPage(pages, 1, () => false);
	}
}

/**
 * Fetches a part of a timeline, without duplicates. Reads only the pages that it needs: finds a time by
 * bisection, and starts at the last page for `newestFirst`. A record that arrives in the meantime may be
 * included or not; it neither hides nor duplicates another one.
 *
 * @param onTotal as for `fetchList`; not called if the selection has a time or `keep`, since Sahut shows only the
 * total of the complete list
 * @throws NodeApiError as {@link SahutClient.request} does; PagingError if the list repeats its pages
 */
export async function fetchTimeline<T extends TimedRecord>(
	sahut: SahutClient,
	request: ListRequest,
	{ limit, newestFirst = false, after = -Infinity, before = Infinity, keep }: Selection<T>,
	onTotal?: (total: number) => void,
): Promise<T[]> {
	const hasRange = after > -Infinity || before < Infinity;
	const startsAtPageOne = !newestFirst && !hasRange && !keep;
	const pages = openPages<T>(
		sahut,
		request,
		startsAtPageOne ? Math.min(limit, MAX_PAGE_SIZE) : MAX_PAGE_SIZE,
	);
	await pages.read(1);

	const first =
		after > -Infinity
			? await findFirstPage(pages, 1, (records) => {
					const latest = records.findLast(hasTime);
					// The range may begin on a page without times. `collect` drops the records before it.
					return latest === undefined || isAtOrAfter(after, latest);
				})
			: 1;
	const end =
		before < Infinity
			? await findFirstPage(pages, first, (records) => isAtOrAfter(before, records.find(hasTime)))
			: Infinity;
	const options = {
		limit,
		backwards: newestFirst,
		keep: (record: T) =>
			(!hasRange || (timeOf(record) >= after && timeOf(record) < before)) &&
			(keep?.(record) ?? true),
	};

	const next = newestFirst
		? downwards(end === Infinity ? await findLastPage(pages) : end - 1, first)
		: upwards(pages, first, end);
	const records = await collect(pages, next, options);
	if (!hasRange && !keep) reportTotal(pages, records, limit, onTotal);
	return records;
}
