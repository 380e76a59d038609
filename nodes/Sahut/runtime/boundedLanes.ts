import { createSlots } from '../transport/slots';
import { createLanes, type Lanes } from '../processCache/lanes';

/** As {@link Lanes}, with a bound. A task can release its slot before it ends. */
export type BoundedLanes = <T>(
	lanes: string | string[],
	task: (releaseSlot: () => void) => Promise<T>,
	signal?: AbortSignal,
) => Promise<T>;

/**
 * Creates lanes with bounded concurrency: the tasks in a lane run one after another, in the order of
 * arrival, and at most `concurrency` tasks run at once.
 *
 * @param shared the lanes that all executions share. A task enters them only once it has a slot, so that
 * a long batch does not block other executions with items that it has not started. No deadlock: a task in
 * a shared lane already has its slot, or has released it and takes no other.
 */
export function createBoundedLanes(concurrency: number, shared?: Lanes): BoundedLanes {
	const inSlot = createSlots(concurrency);
	const inOwnLane = createLanes();
	return async (lanes, task, signal) =>
		await inOwnLane(
			lanes,
			async () =>
				await inSlot(async (releaseSlot) => {
					const run = async () => await task(releaseSlot);
					return await (shared ? shared(lanes, run, signal) : run());
				}),
		);
}
