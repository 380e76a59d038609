import { doneOrAborted } from '../transport/aborts';

/**
 * Runs a task after all earlier ones in its lanes, in parallel with those in other lanes. If the signal
 * is aborted, the task starts at once; it has to check the signal itself.
 */
export type Lanes = <T>(
	lanes: string | string[],
	task: () => Promise<T>,
	signal?: AbortSignal,
) => Promise<T>;

/**
 * Creates lanes: the tasks in a lane run one after another, in the order of arrival. A failed task does
 * not stop its lanes, and an empty lane uses no memory.
 *
 * Deadlocks are impossible: a task enters all of its lanes at once and waits for earlier tasks only. A
 * running task may enter further lanes if all tasks do so in the same order: Send to Phone Number enters
 * the lane of the number before those of conversations, and Create or Update that of the phone number or
 * email before that of the contact.
 */
export function createLanes(): Lanes {
	const tails = new Map<string, Promise<void>>();
	return async (given, task, signal) => {
		const lanes = [given].flat();
		const ahead = lanes.flatMap((lane) => tails.get(lane) ?? []);
		const before = Promise.all(ahead);
		let leave = () => {};
		const isDone = new Promise<void>((resolve) => {
			leave = resolve;
		});
		// Later tasks wait for the earlier ones even if this one is aborted.
		const tail = before.then(async () => await isDone);
		for (const lane of lanes) tails.set(lane, tail);
		void tail.then(() => {
			for (const lane of lanes) if (tails.get(lane) === tail) tails.delete(lane);
		});
		try {
			if (ahead.length > 0) await doneOrAborted(before, signal);
			return await task();
		} finally {
			leave();
		}
	};
}
