import type { ItemClient } from './itemClient';

/** When to check for a write whose response was lost, in ms after it: lists may show it late. */
const CHECKS_MS = [1_000, 3_000, 7_000, 15_000, 30_000, 60_000];

/** How long a write whose response was lost may remain invisible. */
export const LOST_WRITE_MS = 60_000;

/** How long an item waits for its own write: then it fails, and a person decides. */
export const OWN_WRITE_MS = 7_000;

/**
 * Checks at once and then repeatedly whether a write has been carried out, without occupying a slot.
 *
 * @param from when the write was lost, by this machine's clock, in milliseconds since the epoch
 * @param untilMs the last check, in milliseconds after `from`
 * @returns what `look` found; undefined if nothing was found until then
 */
export async function awaitLostWrite<T>(
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
