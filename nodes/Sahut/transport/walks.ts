import type { Pages } from './pages';

type AnyPages = Pick<Pages<{ id?: unknown }>, 'hasGrown' | 'last'>;

/**
 * Creates a function that counts pages up from `first` to the last known page, below `end`. It repeats a page
 * that has grown.
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

/** Creates a function that alternates between pages from both ends, from page 1 on, up to `most` pages. */
export function fromBothEnds(pages: AnyPages, most: number): () => number | undefined {
	let taken = 0;
	let last = 1;
	return () => {
		// The number of pages is known once page 1 has been read.
		if (taken === 1) last = pages.last();
		if (taken > 0 && taken >= Math.min(last, most)) return undefined;
		const fromEnd = taken++;
		return fromEnd % 2 === 0 ? fromEnd / 2 + 1 : last - (fromEnd - 1) / 2;
	};
}
