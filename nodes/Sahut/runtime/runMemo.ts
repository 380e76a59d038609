/** Memoizes for the items of one run; rejected promises are evicted. */
export function createRunMemo() {
	const results = new Map<string, Promise<unknown>>();
	return async <T>(key: string, read: () => Promise<T>): Promise<T> => {
		const known = results.get(key) ?? read();
		results.set(key, known);
		known.catch(() => results.delete(key));
		return (await known) as T;
	};
}
