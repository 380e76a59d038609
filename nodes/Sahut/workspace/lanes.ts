import { doneOrAborted } from '../transport/aborts';

/**
 * Runs a task behind all earlier ones of its lanes, and beside those of other lanes. When the signal
 * is aborted, the waiting ends at once: the task begins, and finds that there is nothing to be done.
 */
export type Lanes = <T>(
	lanes: string | string[],
	task: () => Promise<T>,
	signal?: AbortSignal,
) => Promise<T>;

/**
 * Lanes: what is in one runs one after another, in the order in which it came. A task that fails does
 * not stop its lanes, and a lane that is done leaves nothing behind.
 *
 * No two can wait for each other for ever. A task comes into all of its lanes at once and waits for
 * earlier ones only. One that is running may come into further lanes, if all do so in the same
 * order: Send to Phone Number has the lane of the number before that of the conversation.
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
		// Those behind wait for the earlier ones also when this one is given up.
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
