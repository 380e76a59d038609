import { createSlots } from '../transport/slots';

/** Runs a task behind all earlier ones of its lanes, and beside those of other lanes. */
export type Lanes = <T>(lanes: string | string[], task: () => Promise<T>) => Promise<T>;

/**
 * Bounded concurrency with order: tasks of one lane run one after another, in the order in which
 * they came; up to `concurrency` tasks run at once. A task that fails does not stop its lanes. No two
 * can wait for each other: each waits for earlier ones only.
 */
export function createLanes(concurrency: number): Lanes {
	const inSlot = createSlots(concurrency);
	const tails = new Map<string, Promise<unknown>>();
	return async (given, task) => {
		const lanes = [given].flat();
		const before = Promise.all(lanes.map((lane) => tails.get(lane)));
		const turn = before.then(async () => await inSlot(task));
		const tail = turn.catch(() => undefined);
		for (const lane of lanes) tails.set(lane, tail);
		return await turn;
	};
}
