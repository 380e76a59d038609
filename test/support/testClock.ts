import { systemClock, type Clock } from '../../nodes/Sahut/transport/clock';

/** By default, a wait of the node takes a thousandth of its time. */
const DEFAULT_SPEED = 1_000;

let aheadMs = 0;
let speed = DEFAULT_SPEED;
let testsEnded = 0;

/** Returns the time of the test clock, in milliseconds since the epoch. */
export const now = (): number => Date.now() + aheadMs;

/** The clock of the nodes and sandboxes in tests. A wait takes almost no real time, but moves the clock forward. */
export const testClock: Clock = {
	now,
	async sleep(ms, signal) {
		const until = now() + ms;
		const startedIn = testsEnded;
		await systemClock.sleep(ms / speed, signal);
		// Not in a later test: the node does not abort every wait, e.g. that of the trigger for another delivery.
		if (startedIn === testsEnded) aheadMs = Math.max(aheadMs, until - Date.now());
	},
};

/** Moves the test clock forward. */
export function advanceClock(ms: number): void {
	aheadMs += ms;
}

/** Makes waits of the node take their real time, divided by `times`, until the end of the test. */
export function useRealWaits(times = 1): void {
	speed = times;
}

// n8n itself uses the real time, e.g. for the start of an execution: a test must not begin far ahead of it.
afterEach(() => {
	aheadMs = 0;
	speed = DEFAULT_SPEED;
	testsEnded += 1;
});
