/** Data of an answer. */
export type Row = Record<string, unknown>;

/** The most rows on a page (API reference, "Basics"). */
export const PAGE_SIZE = 100;

export function isSuccess({ status }: { status: number }): boolean {
	return status >= 200 && status < 300;
}

export function isRecord(value: unknown): value is Row {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stands under these names, one in the other. */
export function inside(row: unknown, ...names: string[]): unknown {
	return names.reduce((value, name) => (isRecord(value) ? value[name] : undefined), row);
}

/** The records of a list's answer; of anything else, none. */
export function rowsOf(body: unknown): Row[] {
	const data = inside(body, 'data');
	return Array.isArray(data) ? data.filter(isRecord) : [];
}

/** The record of an answer, in `data` or not. */
export function recordOf(body: unknown): Row {
	if (!isRecord(body)) return {};
	return isRecord(body['data']) ? body['data'] : body;
}

/** `meta` of a list's answer, as far as it has one. */
export function metaOf(body: unknown): Row {
	const meta = inside(body, 'meta');
	return isRecord(meta) ? meta : {};
}

export function textOf(row: unknown, ...names: string[]): string | undefined {
	const value = inside(row, ...names);
	return typeof value === 'string' && value !== '' ? value : undefined;
}

/** When something was, in milliseconds since the epoch; NaN where it does not say. */
export function timeOf(row: Row, name: 'created_at' | 'updated_at' = 'created_at'): number {
	return Date.parse(textOf(row, name) ?? '');
}
