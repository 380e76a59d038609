import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Two measurements of a stable heap differ by less. */
const NOISE_BYTES = 100_000;
const MAX_COLLECTIONS = 20;

/** Returns the used heap in bytes, once further garbage collections no longer reduce it. */
async function settledHeap(collect: () => void): Promise<number> {
	let used = Infinity;
	for (let round = 0; round < MAX_COLLECTIONS; round++) {
		// Garbage of earlier tests may be referenced until their callbacks have run.
		await setImmediate();
		collect();
		const before = used;
		used = process.memoryUsage().heapUsed;
		if (Math.abs(before - used) < NOISE_BYTES) break;
	}
	return used;
}

/** Measures the heap in bytes that a value retains. Excludes the contents of typed arrays. */
export async function measureRetainedBytes(create: () => unknown): Promise<number> {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as () => void;
	const before = await settledHeap(collect);
	const value = await create();
	const after = await settledHeap(collect);
	// Keeps the value reachable during the measurement.
	if (value === undefined) throw new Error('There is no value to measure');
	return after - before;
}
