import { PagingError } from './errors';
import type { Wording } from './types';

/** After this many pages in a row without a new record, a list counts as endless. */
const MAX_PAGES_WITHOUT_NEWS = 3;

/** Whether a record has an ID. One without an ID is a record of its own. */
export function hasId({ id }: { id?: unknown }): boolean {
	return id !== undefined && id !== null && id !== '';
}

/** Identifies a record for the comparison of pages: by its ID, or else by all of its fields. */
const keyOf = (record: { id?: unknown }) =>
	hasId(record) ? String(record.id) : JSON.stringify(record);

const isMostlyIn = (keys: string[], others: Set<string>) =>
	keys.filter((key) => others.has(key)).length > keys.length / 2;

/**
 * Detects a list that repeats its pages, and so would never end or would lack records.
 *
 * Records of a list that changes can also move to the next page. So a full page of known records is
 * compared with the page before it, which is read again. In a list with pages, both differ, unless a whole
 * page of records has moved between two requests.
 *
 * @param fetchRecords reads a page again
 */
export function createRepeatCheck<T extends { id?: unknown }>(
	fetchRecords: (page: number) => Promise<T[]>,
	{ subject, note }: Wording,
) {
	/** The page on which each record was first seen. */
	const seenOn = new Map<string, number>();
	let withoutNews = 0;
	let comparing = Promise.resolve();
	let failure: PagingError | undefined;

	function fail(page: number): never {
		failure ??= new PagingError(
			`Sahut does not divide the list into pages as documented (${subject})`,
			{
				description: [
					`Page ${page} repeats the records of other pages, so the list could not be read completely. Reading it has changed nothing in Sahut.`,
					note,
				]
					.filter(Boolean)
					.join(' '),
			},
		);
		throw failure;
	}

	async function compare(page: number, keys: string[]): Promise<void> {
		if (failure) throw failure;
		const neighbor = page > 1 ? page - 1 : 2;
		const others = new Set((await fetchRecords(neighbor)).map(keyOf));
		// Pages that were requested at the same time may have shown it meanwhile.
		if (failure) throw failure;
		if (!isMostlyIn(keys, others)) return;
		if (isMostlyIn((await fetchRecords(page)).map(keyOf), others)) fail(page);
	}

	/**
	 * Checks a page that is not empty.
	 *
	 * @throws PagingError if the list repeats its pages
	 */
	return async (page: number, records: T[], isFull: boolean): Promise<void> => {
		const keys = records.map(keyOf);
		const repeated = keys.filter((key) => (seenOn.get(key) ?? page) !== page).length;
		for (const key of keys) if (!seenOn.has(key)) seenOn.set(key, page);
		withoutNews = repeated < keys.length ? 0 : withoutNews + 1;
		if (withoutNews >= MAX_PAGES_WITHOUT_NEWS) fail(page);
		// Known records on the last page may have moved; without IDs, they would count twice.
		const isSuspicious = isFull || !records.every(hasId);
		if (!isSuspicious || repeated <= keys.length / 2) return;
		// One after the other: the pages that were requested at the same time repeat too.
		comparing = comparing.then(async () => await compare(page, keys));
		await comparing;
	};
}
