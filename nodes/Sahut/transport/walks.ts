import type { Pages } from './pages';

type AnyPages = Pick<Pages<{ id?: unknown }>, 'hasGrown' | 'last'>;

/**
 * Creates a function that counts pages up from `first` to the last known page, below `end`. Before it goes on, it
 * repeats the previous page once if that has grown: only the last page of a list can be partial.
 *
 * @param end the first page that is not read
 * @returns undefined if there is no further page now; a list that grows has one later
 */
export function upwards(pages: AnyPages, first = 1, end = Infinity): () => number | undefined {
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

/** Creates a function that counts pages down from `last` to `first`. */
export function downwards(last: number, first: number): () => number | undefined {
	let page = last;
	return () => (page >= first ? page-- : undefined);
}

/**
 * Creates a function that alternates between the first and the last pages: 1, last, 2, last − 1, … For a list in
 * an unknown order, of which the latest records are at one end.
 *
 * @param most the maximum number of pages
 */
export function fromBothEnds(pages: AnyPages, most: number): () => number | undefined {
	let count = 0;
	let last = 1;
	return () => {
		// The number of pages is known once page 1 has been read.
		if (count === 1) last = pages.last();
		if (count > 0 && count >= Math.min(last, most)) return undefined;
		const index = count++;
		return index % 2 === 0 ? index / 2 + 1 : last - (index - 1) / 2;
	};
}
