import type { Share } from '../transport/types';

/** What all items of a run can share; after a failure, it is made anew for the next that asks. */
export function createShare(): Share {
	const shared = new Map<string, Promise<unknown>>();
	return async <T>(key: string, make: () => Promise<T>) => {
		const existing = shared.get(key) as Promise<T> | undefined;
		if (existing) return await existing;
		const made = make();
		shared.set(key, made);
		made.catch(() => shared.delete(key));
		return await made;
	};
}
