import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The bytes that a value takes, typed arrays included, when all garbage has been collected. */
export async function heldBytes(make: () => unknown): Promise<number> {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as () => void;
	const used = async () => {
		// What the current job has taken from weak references stays until it ends.
		await setImmediate();
		collect();
		const { heapUsed, arrayBuffers } = process.memoryUsage();
		return heapUsed + arrayBuffers;
	};
	const before = await used();
	const value = await make();
	const after = await used();
	// It has to be there until now.
	if (value === undefined) throw new Error('Nothing was made');
	return after - before;
}
