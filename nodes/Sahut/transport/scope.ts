import type { SahutClient } from './types';

/** What belongs together and ends together, e.g. all that is asked of Sahut for one item. */
export interface Scope {
	/** Aborted when the scope ends, or what it is part of. */
	signal: AbortSignal;
	/** Counts a task among those that must have ended before the scope has. */
	track<T>(task: Promise<T>): Promise<T>;
}

/**
 * Runs `work`. When that has ended, however it did, what of the scope still waits is given up, and
 * what is on its way is waited for: nothing of it runs on.
 */
export async function inScope<T>(
	outer: Array<AbortSignal | false | undefined>,
	work: (scope: Scope) => Promise<T>,
): Promise<T> {
	const own = new AbortController();
	const tasks = new Set<Promise<unknown>>();
	const scope: Scope = {
		signal: AbortSignal.any([own.signal, ...outer.filter((each) => each instanceof AbortSignal)]),
		async track(task) {
			tasks.add(task);
			return await task.finally(() => tasks.delete(task));
		},
	};
	try {
		return await work(scope);
	} finally {
		own.abort();
		await Promise.allSettled(tasks);
	}
}

/** A client whose requests belong to a scope. */
export function scopedClient(client: SahutClient, { signal, track }: Scope): SahutClient {
	return {
		...client,
		signal,
		request: async (request, wording) =>
			await track(client.request({ ...request, signal }, wording)),
	};
}
