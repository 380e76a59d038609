import type { Share } from '../transport/types';

/** What all items of a run can share; a promise that fails is made anew for the next that asks. */
export function createShare(): Share {
	const shared = new Map<string, unknown>();
	return <T>(key: string, make: () => T) => {
		if (!shared.has(key)) {
			const made = make();
			shared.set(key, made);
			if (made instanceof Promise) made.catch(() => shared.delete(key));
		}
		return shared.get(key) as T;
	};
}
