import type { SahutClient } from '../transport/types';
import type { ItemClient, WriteSearch } from './itemClient';

/** `Date` headers and `created_at` may both be truncated to whole seconds. */
export const CLOCK_TOLERANCE_MS = 1_000;

/**
 * Returns the earliest time that the record of a write can have, by Sahut's clock, in milliseconds since
 * the epoch. Call it after a response: only then is the difference between the clocks known.
 */
export function earliestRecordTime(sahut: SahutClient, { sentAt }: { sentAt: number }): number {
	return sahut.toServerTime(sentAt) - CLOCK_TOLERANCE_MS;
}

/**
 * Whether a write may have created a contact or conversation: the record is new enough, and belongs to no
 * other write of this execution and, if the response was lost, to no other write of this process.
 */
export function mayBeCreatedBy(
	{ id, createdAt }: { id: string; createdAt: number },
	sahut: ItemClient,
	search: WriteSearch,
): boolean {
	const { recentRecords, address } = sahut.cache;
	const isOfOtherWrite =
		search.isFromKnownWrite(id) ||
		(search.kind === 'lostResponse' && recentRecords.findKey(address, id) !== undefined);
	return createdAt >= earliestRecordTime(sahut, search) && !isOfOtherWrite;
}
