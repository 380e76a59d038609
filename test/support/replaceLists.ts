import type { Workspace } from './workspace';

/**
 * Replaces the responses to GET requests with a list of the given records.
 *
 * @param times the number of requests
 */
export function replaceLists(
	{ sandbox }: Workspace,
	path: RegExp | string,
	data: unknown[],
	times = 99,
): void {
	const meta = { total: data.length, page: 1, per_page: 100, total_pages: 1 };
	sandbox.faults.add({ kind: 'body', method: 'GET', path, times, body: { data, meta } });
}
