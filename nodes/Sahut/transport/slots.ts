/**
 * Runs tasks, at most so many at once; the rest wait in the order in which they came. A task that only
 * waits for something can leave its slot to the next before it has ended.
 */
export type Slots = <T>(task: (leave: () => void) => Promise<T>) => Promise<T>;

/** @param count how many tasks may run at once, from 1 */
export function createSlots(count: number): Slots {
	const waiting: Array<() => void> = [];
	let free = count;
	return async (task) => {
		if (free > 0) free -= 1;
		else await new Promise<void>((resolve) => waiting.push(resolve));
		let hasLeft = false;
		const leave = () => {
			if (hasLeft) return;
			hasLeft = true;
			// The slot goes straight to the next in line, so that no newcomer slips in between.
			const next = waiting.shift();
			if (next) next();
			else free += 1;
		};
		try {
			return await task(leave);
		} finally {
			leave();
		}
	};
}
