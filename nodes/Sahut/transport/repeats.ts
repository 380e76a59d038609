import { PagingError } from './errors';
import type { Wording } from './types';

/** After this many consecutive pages without a new record, a list counts as endless. */
const MAX_PAGES_WITHOUT_NEW_RECORDS = 3;

/** Whether a record has an ID. A record without an ID never counts as a duplicate. */
export function hasId({ id }: { id?: unknown }): boolean {
	return id !== undefined && id !== null && id !== '';
}

/** Identifies a record when pages are compared: by its ID, or else by all of its fields. */
const keyOf = (record: { id?: unknown }) =>
	hasId(record) ? String(record.id) : JSON.stringify(record);

const isMostlyIn = (keys: string[], known: Set<string>) =>
	keys.filter((key) => known.has(key)).length > keys.length / 2;

/** Returns the value that occurs most often in a list that is not empty. */
function mostFrequent(values: number[]): number {
	const counts = new Map<number, number>();
	for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
	const [[most] = [NaN]] = [...counts].sort(([, a], [, b]) => b - a);
	return most;
}

/**
 * Creates a check that detects a list that repeats its pages: such a list would never end, or lack records.
 *
 * If a list changes, known records can also move to another page. Therefore, the check compares a full page
 * of known records with the page that had most of them, which it fetches again. The two pages of a working
 * list differ, unless a whole page of records has moved between the two requests.
 *
 * @param fetchRecords fetches a page again
 */
export function createRepeatCheck<T extends { id?: unknown }>(
	fetchRecords: (page: number) => Promise<T[]>,
	{ action, note }: Wording,
) {
	/** The page on which each record was first seen. */
	const seenOn = new Map<string, number>();
	let pagesWithoutNewRecords = 0;
	let comparing = Promise.resolve();
	let failure: PagingError | undefined;

	function fail(page: number): never {
		const description = [
			`Page ${page} repeats the records of other pages, so the list could not be read completely. Reading it changed nothing in Sahut. Try again later. If the error persists, report it to Sahut support.`,
			note,
		];
		failure ??= new PagingError(
			`The node could not ${action}: Sahut returned the same records on several pages`,
			{ description: description.filter(Boolean).join(' ') },
		);
		throw failure;
	}

	async function compare(page: number, keys: string[], earlier: number): Promise<void> {
		if (failure) throw failure;
		const earlierKeys = new Set((await fetchRecords(earlier)).map(keyOf));
		// Another page may have failed this check in the meantime.
		if (failure) throw failure;
		if (!isMostlyIn(keys, earlierKeys)) return;
		if (isMostlyIn((await fetchRecords(page)).map(keyOf), earlierKeys)) fail(page);
	}

	/**
	 * Checks a page that is not empty.
	 *
	 * @throws PagingError if the list repeats its pages
	 */
	return async (page: number, records: T[], isFull: boolean): Promise<void> => {
		const keys = records.map(keyOf);
		const seenBefore = keys
			.map((key) => seenOn.get(key))
			.filter((each): each is number => each !== undefined && each !== page);
		const repeated = seenBefore.length;
		for (const key of keys) if (!seenOn.has(key)) seenOn.set(key, page);
		pagesWithoutNewRecords = repeated < keys.length ? 0 : pagesWithoutNewRecords + 1;
		if (pagesWithoutNewRecords >= MAX_PAGES_WITHOUT_NEW_RECORDS) fail(page);
		// A last page that is not full may contain known records that moved; without IDs, they count twice.
		const isSuspicious = isFull || !records.every(hasId);
		if (!isSuspicious || repeated <= keys.length / 2) return;
		// One after another: pages that were requested at the same time repeat too, and one error is enough.
		const earlier = mostFrequent(seenBefore);
		comparing = comparing.then(async () => await compare(page, keys, earlier));
		await comparing;
	};
}
