/** What all items of a run can share: made for the first that asks, and anew after a failure. */
export type Share = <T>(key: string, make: () => Promise<T>) => Promise<T>;

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
