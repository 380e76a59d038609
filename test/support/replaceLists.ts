import type { Workspace } from './workspace';

/** Answers the next GET requests of this path with a list of these records. */
export function replaceLists(
	{ sandbox }: Workspace,
	path: RegExp | string,
	data: unknown[],
	times = 99,
): void {
	const meta = { total: data.length, page: 1, per_page: 100, total_pages: 1 };
	sandbox.faults.add({ kind: 'body', method: 'GET', path, times, body: { data, meta } });
}
