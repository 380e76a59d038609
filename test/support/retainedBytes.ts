import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Two measurements of a heap at rest differ by less. */
const NOISE_BYTES = 100_000;
const MAX_COLLECTIONS = 20;

/** Returns the used heap in bytes, once further garbage collections free nothing more. */
async function settledHeap(collect: () => void): Promise<number> {
	let used = Infinity;
	for (let round = 0; round < MAX_COLLECTIONS; round++) {
		// What earlier tests have left may only be freed after their callbacks have run.
		await setImmediate();
		collect();
		const before = used;
		used = process.memoryUsage().heapUsed;
		if (Math.abs(before - used) < NOISE_BYTES) break;
	}
	return used;
}

/** Returns the bytes that a value takes on the heap when all garbage has been collected, without typed arrays. */
export async function retainedBytes(make: () => unknown): Promise<number> {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as () => void;
	const before = await settledHeap(collect);
	const value = await make();
	const after = await settledHeap(collect);
	// It has to be there until now.
	if (value === undefined) throw new Error('Nothing was made');
	return after - before;
}
