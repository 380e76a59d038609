import { createSlots } from '../transport/slots';

/** Runs a task behind all earlier ones of its lane, and beside those of other lanes. */
export type Lanes = <T>(lane: string, task: () => Promise<T>) => Promise<T>;

/**
 * Bounded concurrency with order: tasks of one lane run one after another, in the order in which
 * they came; up to `concurrency` lanes run at once. A task that fails does not stop its lane.
 */
export function createLanes(concurrency: number): Lanes {
	const inSlot = createSlots(concurrency);
	const tails = new Map<string, Promise<unknown>>();
	return async (lane, task) => {
		const turn = (tails.get(lane) ?? Promise.resolve()).then(async () => await inSlot(task));
		const tail = turn.catch(() => undefined);
		tails.set(lane, tail);
		return await turn;
	};
}
