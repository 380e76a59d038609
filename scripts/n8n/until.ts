import { setTimeout as sleep } from 'node:timers/promises';

const INTERVAL_MS = 200;

/**
 * What `find` gives as soon as it gives something; it is asked again and again.
 * @throws {Error} `Waited … for …` when that takes longer than `timeoutMs`.
 */
export async function until<Found>(
	what: string,
	timeoutMs: number,
	find: () => Promise<Found | undefined> | Found | undefined,
): Promise<Found> {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		const found = await find();
		if (found !== undefined) return found;
		if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs / 1000} s for ${what}.`);
		await sleep(INTERVAL_MS);
	}
}
