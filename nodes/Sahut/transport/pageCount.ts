import type { PageMeta } from './types';

/** Returns a number from `meta`, rounded up; 0 if it is missing or invalid. */
function numberIn(value: unknown): number {
	const number = Math.ceil(Number(value));
	return Number.isFinite(number) && number > 0 ? number : 0;
}

/**
 * Creates a counter that determines how many pages a list has, from the pages that were read.
 *
 * It uses `meta` if its numbers agree with each other and with the records. Otherwise, another page may
 * follow each full page. A full page has as many records as page 1, since a server may return fewer records
 * per page than requested. An empty page always ends the list.
 *
 * @param size the requested number of records per page
 */
export function createPageCount(size: number) {
	let last = 1;
	let claimedLast = 1;
	let firstEmpty = Infinity;
	/** The length of page 1; undefined until it was read. */
	let first: number | undefined;
	let full = size;

	/** Whether another page may follow, if `meta` does not show it. */
	const isFull = (rows: number, page: number) => page === 1 || rows >= (first ?? 1);

	return {
		/** Adds a page that was read, with the number of its records. */
		add(page: number, rows: number, meta?: Partial<PageMeta>): void {
			if (rows === 0) {
				firstEmpty = Math.min(firstEmpty, Math.max(2, page));
				return;
			}
			const total = numberIn(meta?.total);
			const totalPages = numberIn(meta?.total_pages);
			const perPage = Math.min(size, numberIn(meta?.per_page) || size);
			if (page === 1) {
				first = rows;
				const isOnly = Math.max(totalPages, total) > 0 && totalPages <= 1 && total <= rows;
				full = isOnly ? Math.max(rows, perPage) : rows;
			} else if (first === undefined) full = perPage;
			const claimed = totalPages || Math.ceil(total / full);
			const isConsistent =
				total > 0
					? total <= claimed * full && total >= (page - 1) * full + rows
					: claimed === 1 || (claimed > 1 && full >= perPage);
			const atLeast = !isConsistent && isFull(rows, page) ? page + 1 : page;
			claimedLast = Math.max(claimedLast, claimed);
			last = Math.max(last, claimed, atLeast);
		},

		/** The number of the last page, as far as it is known; 1 at first. */
		last: () => Math.min(last, firstEmpty - 1),

		/** Whether a page is beyond the last one according to `meta`, so that it may not exist. */
		isGuess: (page: number) => page > claimedLast,

		/** The number of records on a full page, as far as it is known. */
		full: () => full,
	};
}
