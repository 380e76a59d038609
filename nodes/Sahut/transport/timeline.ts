import { MAX_PAGE_SIZE, openPages, type ListRequest, type Pages } from './pages';
import { collect } from './pagination';
import type { SahutClient } from './types';
import { downwards, upwards } from './walks';

/** A record of a list that is ordered by time, oldest first, and grows at its end only. */
export interface Timed {
	id: string;
	/** ISO 8601. */
	created_at: string;
}

/** Which part of a timeline is wanted. Times are milliseconds since the epoch. */
export interface Selection<T> {
	/** Counts the records that pass `keep`. */
	limit: number;
	newestFirst?: boolean;
	/** From this time on. */
	after?: number;
	/** Up to this time, which is not included: ranges that meet share no record and miss none. */
	before?: number;
	keep?(record: T): boolean;
}

const timeOf = ({ created_at }: Timed) => Date.parse(created_at);

const isFrom = (time: number, record?: Timed) => record !== undefined && timeOf(record) >= time;

/** Whether a record has a valid time. Others do not show where their page is. */
const hasTime = (record: Timed) => !Number.isNaN(timeOf(record));

/**
 * The first page from `low` to the last known one for which `isBehind` holds, by bisection: it must
 * not hold for any page before that. An empty page is behind everything.
 *
 * @returns one more than the last page if there is none.
 */
async function firstPageWhere<T extends { id?: unknown }>(
	pages: Pages<T>,
	low: number,
	isBehind: (records: T[]) => boolean,
): Promise<number> {
	let behind = Infinity;
	// Which page is the last may show by those that are read.
	for (let end = pages.last() + 1; low < end; end = Math.min(behind, pages.last() + 1)) {
		const middle = Math.floor((low + end) / 2);
		const records = await pages.read(middle);
		if (middle > pages.last() || isBehind(records)) behind = middle;
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
		// One empty page is normal: the list may just have become shorter.
		if (empty > 1) await firstPageWhere(pages, 1, () => false);
	}
}

/**
 * Fetches a part of a timeline, none of its records twice. Only the pages that are needed are read:
 * a time is found by bisection, `newestFirst` starts at the last page. A record that arrives
 * meanwhile is either there or not; it neither displaces nor doubles another one.
 *
 * @throws NodeApiError as {@link SahutClient.request} does.
 */
export async function fetchTimeline<T extends Timed>(
	sahut: SahutClient,
	request: ListRequest,
	{ limit, newestFirst = false, after = -Infinity, before = Infinity, keep }: Selection<T>,
): Promise<T[]> {
	const hasRange = after > -Infinity || before < Infinity;
	const fromTheStart = !newestFirst && !hasRange && !keep;
	const pages = openPages<T>(
		sahut,
		request,
		fromTheStart ? Math.min(limit, MAX_PAGE_SIZE) : MAX_PAGE_SIZE,
	);
	await pages.read(1);

	const first =
		after > -Infinity
			? await firstPageWhere(pages, 1, (records) => {
					const latest = records.findLast(hasTime);
					// The range may begin on a page without times; the records before it are left out below.
					return latest === undefined || isFrom(after, latest);
				})
			: 1;
	const end =
		before < Infinity
			? await firstPageWhere(pages, first, (records) => isFrom(before, records.find(hasTime)))
			: Infinity;
	const wanted = {
		limit,
		backwards: newestFirst,
		keep: (record: T) =>
			(!hasRange || (timeOf(record) >= after && timeOf(record) < before)) &&
			(keep?.(record) ?? true),
	};

	const next = newestFirst
		? downwards(end === Infinity ? await findLastPage(pages) : end - 1, first)
		: upwards(pages, first, end);
	return await collect(pages, next, wanted);
}
