const HOUR_MS = 60 * 60 * 1_000;

/** The default idle expiry. */
const IDLE_HOURS = 48;

export interface LruCache<T> {
	/** Returns the entry with this name; creates it if there is none. */
	get(name: string): T;
}

/**
 * LRU cache with idle expiry.
 *
 * @param max number of entries; beyond it, the least recently used one is evicted
 */
export function createLruCache<T>(
	max: number,
	create: (name: string) => T,
	idleHours = IDLE_HOURS,
): LruCache<T> {
	const entries = new Map<string, { value: T; usedAt: number }>();

	return {
		get(name) {
			const now = Date.now();
			const value = entries.has(name) ? entries.get(name)!.value : create(name);
			// Re-inserted at the end: the least recently used entry comes first.
			entries.delete(name);
			entries.set(name, { value, usedAt: now });
			for (const [oldest, { usedAt }] of entries) {
				if (entries.size <= max && now - usedAt < idleHours * HOUR_MS) break;
				entries.delete(oldest);
			}
			return value;
		},
	};
}
