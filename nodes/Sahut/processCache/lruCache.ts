const HOUR_MS = 60 * 60 * 1_000;

const DEFAULT_IDLE_HOURS = 48;

/** A cache that creates its entries on first use. */
export interface LruCache<T> {
	/** Returns the entry with this name. Creates the entry if it does not exist. */
	get(name: string): T;
}

/**
 * Creates an LRU cache with idle expiry.
 *
 * @param max the maximum number of entries; the least recently used entry is evicted first
 * @param create creates the entry with a given name
 * @param idleHours evicts an entry that was not used for this long
 * @param now returns the time in milliseconds
 */
export function createLruCache<T>(
	max: number,
	create: (name: string) => T,
	{ idleHours = DEFAULT_IDLE_HOURS, now }: { idleHours?: number; now: () => number },
): LruCache<T> {
	const entries = new Map<string, { value: T; usedAt: number }>();

	return {
		get(name) {
			const usedNow = now();
			const value = entries.has(name) ? entries.get(name)!.value : create(name);
			// Re-inserted at the end: the least recently used entry comes first.
			entries.delete(name);
			entries.set(name, { value, usedAt: usedNow });
			for (const [oldest, { usedAt }] of entries) {
				if (entries.size <= max && usedNow - usedAt < idleHours * HOUR_MS) break;
				entries.delete(oldest);
			}
			return value;
		},
	};
}
