import type { SahutClient } from '../transport/types';
import type { WriteSearch } from './itemClient';

/** Both clocks, `Date` headers and `created_at`, may be truncated to whole seconds. */
export const CLOCK_TOLERANCE_MS = 1_000;

/**
 * The earliest time of a record of a write, by Sahut's clock, in milliseconds since the epoch. Call it
 * after a response: only then the difference of the clocks is known.
 */
export function writtenSince(sahut: SahutClient, { sentAt }: { sentAt: number }): number {
	return sahut.toServerTime(sentAt) - CLOCK_TOLERANCE_MS;
}

/** Whether a record can be of a write: it is new enough, and belongs to no other write. */
export function canBeOf(
	record: { id: string; created_at: string },
	sahut: SahutClient,
	search: WriteSearch,
): boolean {
	return (
		Date.parse(record.created_at) >= writtenSince(sahut, search) &&
		!search.isAccountedFor(record.id)
	);
}
