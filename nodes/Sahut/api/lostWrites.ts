import type { RecentWrite } from '../processCache/recentWrites';
import type { ItemClient } from './itemClient';

/** When to check for a write whose response was lost, in ms after the write: lists may show it late. */
const CHECKS_MS = [1_000, 3_000, 7_000, 15_000, 30_000, 60_000];

/** How long a write whose response was lost may remain invisible. */
export const LOST_WRITE_MS = 60_000;

/** How long an item searches for its own write; after that, the item fails, and a person decides. */
export const OWN_WRITE_MS = 7_000;

/**
 * Calls `look` at once, and then repeatedly until it finds a record. Occupies no slot while it waits.
 *
 * @param from when the record was written, by this machine's clock, in milliseconds since the epoch
 * @param untilMs the last check, in milliseconds after `from`
 * @returns what `look` found; undefined if it found nothing
 */
export async function poll<T>(
	sahut: Pick<ItemClient, 'now' | 'pause'>,
	from: number,
	untilMs: number,
	look: () => Promise<T | undefined>,
): Promise<T | undefined> {
	const atOnce = await look();
	if (atOnce !== undefined) return atOnce;
	for (const checkMs of CHECKS_MS.filter((each) => each <= untilMs)) {
		const waitMs = Math.min(checkMs, from + checkMs - sahut.now());
		if (waitMs <= 0) continue;
		await sahut.pause(waitMs);
		const found = await look();
		if (found !== undefined) return found;
	}
	return undefined;
}

/**
 * Looks for a record that this process may have written. If the response to such a write was lost less
 * than a minute ago, waits until the record can be found, or the minute is over.
 *
 * @param writes the writes that may have made the record; those without an ID have no response
 */
export async function pollForLostWrite<T>(
	sahut: ItemClient,
	writes: RecentWrite[],
	look: () => Promise<T | undefined>,
): Promise<T | undefined> {
	const lost = writes.filter(({ id }) => id === undefined).map(({ at }) => at);
	// Without a lost write, `from` is -Infinity: `look` is called once.
	return await poll(sahut, Math.max(...lost), LOST_WRITE_MS, look);
}
