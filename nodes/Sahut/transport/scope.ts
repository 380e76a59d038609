import type { SahutClient } from './types';

/** A group of tasks that end together, such as all requests for one item. */
export interface Scope {
	/** Aborted when the scope or an outer scope ends. */
	signal: AbortSignal;
	/** Adds a task that must settle before the scope ends. */
	track<T>(task: Promise<T>): Promise<T>;
}

/**
 * Runs `work` in a scope. When `work` settles, the scope aborts its pending requests and waits for those in
 * flight, so that nothing continues in the background.
 *
 * @param outer signals that also abort the scope
 */
export async function runInScope<T>(
	outer: Array<AbortSignal | false | undefined>,
	work: (scope: Scope) => Promise<T>,
): Promise<T> {
	const controller = new AbortController();
	const tasks = new Set<Promise<unknown>>();
	const outerSignals = outer.filter((signal) => signal instanceof AbortSignal);
	const scope: Scope = {
		signal: AbortSignal.any([controller.signal, ...outerSignals]),
		async track(task) {
			tasks.add(task);
			return await task.finally(() => tasks.delete(task));
		},
	};
	try {
		return await work(scope);
	} finally {
		controller.abort();
		await Promise.allSettled(tasks);
	}
}

/** Returns a client whose requests belong to a scope. */
export function scopedClient(client: SahutClient, { signal, track }: Scope): SahutClient {
	return {
		...client,
		signal,
		request: async (request, wording) =>
			await track(client.request({ ...request, signal }, wording)),
	};
}
