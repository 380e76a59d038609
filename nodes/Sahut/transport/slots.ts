/**
 * Runs a task when a slot is free, in the order of the calls. A task that only waits can release its slot
 * before it ends.
 */
export type Slots = <T>(task: (release: () => void) => Promise<T>) => Promise<T>;

/** Creates slots (a semaphore). @param count how many tasks may run at once, from 1 */
export function createSlots(count: number): Slots {
	const waiting: Array<() => void> = [];
	let free = count;
	return async (task) => {
		if (free > 0) free -= 1;
		else await new Promise<void>((resolve) => waiting.push(resolve));
		let isReleased = false;
		const release = () => {
			if (isReleased) return;
			isReleased = true;
			// Passes the slot to the next task in the queue, so that a new task cannot overtake it.
			const next = waiting.shift();
			if (next) next();
			else free += 1;
		};
		try {
			return await task(release);
		} finally {
			release();
		}
	};
}
