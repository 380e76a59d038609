import { setTimeout as sleep } from 'node:timers/promises';

const INTERVAL_MS = 200;

/**
 * Polls `find` every 200 ms until it returns a value.
 * @param awaited the event in the error message, e.g. `the execution to end`
 * @returns the first value that is not undefined
 * @throws {Error} `Waited … for …` when there is none within `timeoutMs`.
 */
export async function until<Found>(
	awaited: string,
	timeoutMs: number,
	find: () => Promise<Found | undefined> | Found | undefined,
): Promise<Found> {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		const found = await find();
		if (found !== undefined) return found;
		if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs / 1000} s for ${awaited}.`);
		await sleep(INTERVAL_MS);
	}
}
