import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The bytes that a value takes on the heap when all garbage has been collected, without typed arrays. */
export async function heldBytes(make: () => unknown): Promise<number> {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as () => void;
	async function used(): Promise<number> {
		// What a job has taken from weak references stays until it ends, and what has ended, one collection.
		for (let round = 1; round <= 2; round++) {
			await setImmediate();
			collect();
		}
		return process.memoryUsage().heapUsed;
	}
	const before = await used();
	const value = await make();
	const after = await used();
	// It has to be there until now.
	if (value === undefined) throw new Error('Nothing was made');
	return after - before;
}
