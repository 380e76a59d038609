import type { RecentWrite } from '../processCache/recentWrites';
import type { ItemClient } from './itemClient';

/** When to search for the record of a lost write, in ms after the write: lists may show it late. */
const CHECKS_MS = [1_000, 3_000, 7_000, 15_000, 30_000, 60_000];

/** How long a list may omit the record of a write that lost its response. */
export const LOST_WRITE_MS = 60_000;

/** How long an item searches for the record of its own write; after that, the item fails. */
export const OWN_WRITE_MS = 7_000;

/**
 * Calls `find` immediately, and then repeatedly until it returns a record. Occupies no slot while it waits.
 *
 * @param writtenAt when the record was written, by this machine's clock, in milliseconds since the epoch
 * @param untilMs the time of the last call, in milliseconds after `writtenAt`
 * @returns the result of `find`; undefined if it never found a record
 * @throws if `find` does, or if the execution is canceled
 */
export async function poll<T>(
	sahut: Pick<ItemClient, 'now' | 'pause'>,
	writtenAt: number,
	untilMs: number,
	find: () => Promise<T | undefined>,
): Promise<T | undefined> {
	const foundNow = await find();
	if (foundNow !== undefined) return foundNow;
	for (const checkMs of CHECKS_MS.filter((each) => each <= untilMs)) {
		const waitMs = Math.min(checkMs, writtenAt + checkMs - sahut.now());
		if (waitMs <= 0) continue;
		await sahut.pause(waitMs);
		const found = await find();
		if (found !== undefined) return found;
	}
	return undefined;
}

/**
 * Searches for a record that this process may have written. If the response to such a write was lost less
 * than a minute ago, waits until the record can be found, or the minute is over.
 *
 * @param writes the writes that may have created or changed the record; a write without an ID lost its
 * response
 * @returns the result of `find`; undefined if it never found a record
 */
export async function pollForLostWrite<T>(
	sahut: ItemClient,
	writes: RecentWrite[],
	find: () => Promise<T | undefined>,
): Promise<T | undefined> {
	const lost = writes.filter(({ id }) => id === undefined).map(({ at }) => at);
	// Without a lost write, `latest` is -Infinity, so `find` is called only once.
	const latest = Math.max(...lost);
	if (sahut.now() - latest < LOST_WRITE_MS)
		sahut.log('searches for a record whose response was lost less than a minute ago');
	return await poll(sahut, latest, LOST_WRITE_MS, find);
}
