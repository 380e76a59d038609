import { normalizeTag } from './tags';

/** Entries to add to a list of labels or tags, and to remove from it. The others stay. */
export interface ListChange {
	add: string[];
	remove: string[];
}

/**
 * Applies a change to a list of labels or tags. Compares entries as {@link normalizeTag} does, so that `Stop` is
 * not added beside `stop`, and is removed with it. An entry that stays keeps its spelling.
 *
 * @returns the new list; undefined if nothing changes
 */
export function applyListChange(
	existing: string[],
	{ add, remove }: ListChange,
): string[] | undefined {
	const removed = new Set(remove.map(normalizeTag));
	const kept = existing.filter((each) => !removed.has(normalizeTag(each)));
	const known = new Set(kept.map(normalizeTag));
	const added: string[] = [];
	for (const each of add) {
		const key = normalizeTag(each);
		if (!known.has(key)) added.push(each);
		known.add(key);
	}
	return kept.length === existing.length && added.length === 0 ? undefined : [...kept, ...added];
}
