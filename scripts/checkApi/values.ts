/** A record of a response. */
export type Row = Record<string, unknown>;

/** The maximum of rows per page (API reference, "Basics"). */
export const PAGE_SIZE = 100;

/** Returns whether a response has a status from 200 to 299. */
export function isSuccess({ status }: { status: number }): boolean {
	return status >= 200 && status < 300;
}

/** Returns whether a value is an object other than an array. */
export function isRecord(value: unknown): value is Row {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the value at a path of names; undefined if there is none. */
export function valueAt(row: unknown, ...names: string[]): unknown {
	return names.reduce((value, name) => (isRecord(value) ? value[name] : undefined), row);
}

/** Returns the records of a list response; an empty array for any other body. */
export function rowsOf(body: unknown): Row[] {
	const data = valueAt(body, 'data');
	return Array.isArray(data) ? data.filter(isRecord) : [];
}

/** Returns the record of a response, whether it is in `data` or not. */
export function recordOf(body: unknown): Row {
	if (!isRecord(body)) return {};
	return isRecord(body['data']) ? body['data'] : body;
}

/** Returns `meta` of a list response; an empty object if there is none. */
export function metaOf(body: unknown): Row {
	const meta = valueAt(body, 'meta');
	return isRecord(meta) ? meta : {};
}

/** Returns the text at a path of names; undefined if it is empty or not a text. */
export function textOf(row: unknown, ...names: string[]): string | undefined {
	const value = valueAt(row, ...names);
	return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Returns a time of a record in milliseconds since the epoch; NaN if it has none. */
export function timeOf(row: Row, name: 'created_at' | 'updated_at' = 'created_at'): number {
	return Date.parse(textOf(row, name) ?? '');
}
