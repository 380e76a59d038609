import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The bytes that a value takes on the heap when all garbage has been collected, without typed arrays. */
export async function heldBytes(make: () => unknown): Promise<number> {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as () => void;
	const used = () => {
		collect();
		return process.memoryUsage().heapUsed;
	};
	const before = used();
	const value = await make();
	const after = used();
	// It has to be there until now.
	if (value === undefined) throw new Error('Nothing was made');
	return after - before;
}
