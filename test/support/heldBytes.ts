import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The bytes that a value takes, typed arrays included, when all garbage has been collected. */
export async function heldBytes(make: () => unknown): Promise<number> {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as () => void;
	const used = () => {
		collect();
		const { heapUsed, arrayBuffers } = process.memoryUsage();
		return heapUsed + arrayBuffers;
	};
	const before = used();
	const value = await make();
	const after = used();
	// It has to be there until now.
	if (value === undefined) throw new Error('Nothing was made');
	return after - before;
}
