import { createSlots } from '../transport/slots';
import { createLanes as createSharedLanes, type Lanes } from '../workspace/lanes';

/**
 * Bounded concurrency with order: what is in one lane runs one after another, in the order in which
 * it came; up to `concurrency` tasks run at once.
 *
 * @param shared the lanes that other executions have as well. A task comes into them when it has a
 * slot: a long batch keeps nobody waiting for what it has not come to yet. Whoever holds such a lane
 * has its slot already, so that two executions cannot wait for each other.
 */
export function createLanes(concurrency: number, shared?: Lanes): Lanes {
	const inSlot = createSlots(concurrency);
	const inOwnLane = createSharedLanes();
	return async (lanes, task, signal) =>
		await inOwnLane(
			lanes,
			async () => await inSlot(async () => await (shared ? shared(lanes, task, signal) : task())),
		);
}
