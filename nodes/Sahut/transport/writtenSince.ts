import type { SahutClient, WriteTrace } from './types';

/** Both clocks, `Date` headers and `created_at`, may be cut off to whole seconds. */
const CLOCK_TOLERANCE_MS = 1_000;

/**
 * From when on a record can come of a write, by the server's clock, in milliseconds since the epoch.
 * To be asked after an answer: only then it is known how far the server's clock is from ours.
 */
export function writtenSince(sahut: SahutClient, { sentAt }: WriteTrace): number {
	return sahut.toServerTime(sentAt) - CLOCK_TOLERANCE_MS;
}

/** Whether a record can come of a write: it is new enough, and no other write accounts for it. */
export function canComeOf(
	record: { id: string; created_at: string },
	sahut: SahutClient,
	trace: WriteTrace,
): boolean {
	return (
		Date.parse(record.created_at) >= writtenSince(sahut, trace) && !trace.isAccountedFor(record.id)
	);
}
