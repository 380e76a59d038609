import type { PageMeta } from './types';

/** A number in `meta`; 0 if it is missing or unusable. */
function numberIn(value: unknown): number {
	const number = Math.ceil(Number(value));
	return Number.isFinite(number) && number > 0 ? number : 0;
}

/**
 * Works out how many pages a list has, from the pages that were read.
 *
 * `meta` is trusted if it agrees with itself and with the records. Otherwise, a full page may have another
 * one behind it. A full page has as many records as page 1, since a server may cap pages below the size
 * that was requested. An empty page always ends the list.
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

	/** Whether a page may have another one behind it, if `meta` does not show it. */
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

		/** Whether a page is only requested because `meta` does not show where the list ends. */
		isGuess: (page: number) => page > claimedLast,

		/** The number of records on a full page, as far as it is known. */
		full: () => full,
	};
}
