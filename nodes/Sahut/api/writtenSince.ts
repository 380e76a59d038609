import type { SahutClient } from '../transport/types';
import type { ItemClient, WriteSearch } from './itemClient';

/** Both clocks, `Date` headers and `created_at`, may be truncated to whole seconds. */
export const CLOCK_TOLERANCE_MS = 1_000;

/**
 * The earliest time of a record of a write, by Sahut's clock, in milliseconds since the epoch. Call it
 * after a response: only then the difference of the clocks is known.
 */
export function writtenSince(sahut: SahutClient, { sentAt }: { sentAt: number }): number {
	return sahut.toServerTime(sentAt) - CLOCK_TOLERANCE_MS;
}

/**
 * Whether a contact or conversation can be of a write: it is new enough, belongs to no other write of
 * this execution and, if the response was lost, to none of this process.
 */
export function canBeOf(
	{ id, createdAt }: { id: string; createdAt: number },
	sahut: ItemClient,
	search: WriteSearch,
): boolean {
	const { recentRecords, address } = sahut.cache;
	const isOfOther =
		search.isAccountedFor(id) ||
		(search.kind === 'lostResponse' && recentRecords.keyOf(address, id) !== undefined);
	return createdAt >= writtenSince(sahut, search) && !isOfOther;
}
