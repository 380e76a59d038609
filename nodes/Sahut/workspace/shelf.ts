const HOUR_MS = 60 * 60 * 1_000;

/** Things by name, made when they are first asked for; those that are unused or too many go. */
export interface Shelf<T> {
	get(name: string): T;
	/** Lets go of what was not used for long, also where nothing is asked for any more. */
	tidy(): void;
	/** Those there are. */
	all(): T[];
}

/**
 * @param max how many are kept; beyond it, the one that was used longest ago goes
 * @param unusedHours what was not used for so long is forgotten
 */
export function createShelf<T>(max: number, make: (name: string) => T, unusedHours = 1): Shelf<T> {
	const unusedMs = unusedHours * HOUR_MS;
	const shelf = new Map<string, { thing: T; usedAt: number }>();

	function tidy(): void {
		const now = Date.now();
		for (const [name, { usedAt }] of shelf) {
			if (shelf.size <= max && now - usedAt < unusedMs) break;
			shelf.delete(name);
		}
	}

	return {
		tidy,
		all: () => [...shelf.values()].map(({ thing }) => thing),
		get(name) {
			const thing = shelf.get(name)?.thing ?? make(name);
			// Put at the end: the one that was used longest ago comes first.
			shelf.delete(name);
			shelf.set(name, { thing, usedAt: Date.now() });
			tidy();
			return thing;
		},
	};
}
