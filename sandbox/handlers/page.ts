/** The query parameters that select a page. */
export interface PageQuery {
	page: number;
	per_page: number;
}

/** The body of a list response. */
export interface Page<T> {
	data: T[];
	meta: { total: number; page: number; per_page: number; total_pages: number };
}

/** Returns the body of the requested page. A page after the last one is empty. Converts only its rows. */
export function paginate<Row, T>(
	rows: readonly Row[],
	{ page, per_page }: PageQuery,
	toData: (row: Row) => T,
): Page<T> {
	const start = (page - 1) * per_page;
	return {
		data: rows.slice(start, start + per_page).map(toData),
		meta: { total: rows.length, page, per_page, total_pages: Math.ceil(rows.length / per_page) },
	};
}

/** Returns the records that pass the filter, newest first. */
export function filterNewestFirst<T>(
	records: ReadonlyMap<string, T>,
	passes: (record: T) => boolean,
): T[] {
	return [...records.values()].filter(passes).reverse();
}
