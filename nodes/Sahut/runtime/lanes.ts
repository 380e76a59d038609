import { createSlots } from '../transport/slots';
import { createLanes as createSharedLanes, type Lanes } from '../processCache/lanes';

/** As {@link Lanes}, of a task that can leave its slot to the next before it has ended. */
export type SlotLanes = <T>(
	lanes: string | string[],
	task: (leaveSlot: () => void) => Promise<T>,
	signal?: AbortSignal,
) => Promise<T>;

/**
 * Bounded concurrency with order: what is in one lane runs one after another, in the order in which
 * it came; up to `concurrency` tasks run at once.
 *
 * @param shared the lanes that other executions have as well. A task comes into them when it has a
 * slot: a long batch keeps nobody waiting for what it has not come to yet. Whoever holds such a lane
 * has its slot already, or has left it and takes none again, so that two executions cannot wait for
 * each other.
 */
export function createLanes(concurrency: number, shared?: Lanes): SlotLanes {
	const inSlot = createSlots(concurrency);
	const inOwnLane = createSharedLanes();
	return async (lanes, task, signal) =>
		await inOwnLane(
			lanes,
			async () =>
				await inSlot(async (leaveSlot) => {
					const run = async () => await task(leaveSlot);
					return await (shared ? shared(lanes, run, signal) : run());
				}),
		);
}
