import { settledOrAborted } from '../transport/abort';

/**
 * Runs a task when all earlier tasks in its lanes have ended. Tasks in different lanes run in parallel.
 *
 * If the signal is aborted, the task starts immediately and must check the signal itself.
 */
export type Lanes = <T>(
	lanes: string | string[],
	task: () => Promise<T>,
	signal?: AbortSignal,
) => Promise<T>;

/**
 * Creates lanes. The tasks in a lane run one after another, in the order of arrival. A failed task does
 * not block its lanes, and an empty lane uses no memory.
 *
 * Deadlocks are impossible, because a task enters all of its lanes at once and waits only for earlier
 * tasks. A running task may enter further lanes if all tasks enter them in the same order. Send to Phone
 * Number enters the lane of the number before the lanes of conversations. Create or Update, and
 * Update by phone number or email, enter the lane of the number or address before the lane of the contact.
 * Conversation: Create enters it before the lane of the new conversation.
 */
export function createLanes(): Lanes {
	const tails = new Map<string, Promise<void>>();
	return async (laneOrLanes, task, signal) => {
		const lanes = [laneOrLanes].flat();
		const earlierTasks = lanes.flatMap((lane) => tails.get(lane) ?? []);
		const earlierDone = Promise.all(earlierTasks);
		let leave = () => {};
		const isDone = new Promise<void>((resolve) => {
			leave = resolve;
		});
		// Even if this task is aborted, later tasks still wait for the earlier ones.
		const tail = earlierDone.then(async () => await isDone);
		for (const lane of lanes) tails.set(lane, tail);
		void tail.then(() => {
			for (const lane of lanes) if (tails.get(lane) === tail) tails.delete(lane);
		});
		try {
			if (earlierTasks.length > 0) await settledOrAborted(earlierDone, signal);
			return await task();
		} finally {
			leave();
		}
	};
}
