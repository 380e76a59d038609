import type * as TransportClock from '../../nodes/Sahut/transport/clock';
import { fromDist } from './engine';

/** A wait of a second takes a millisecond. */
const SPEED = 1_000;

const realNow = Date.now;
let aheadMs = 0;
Date.now = () => realNow() + aheadMs;
globalThis.Date = new Proxy(Date, {
	construct: (target, args) =>
		Reflect.construct(target, args.length > 0 ? args : [Date.now()]) as Date,
});

/** Makes it later for all that reads the clock: the nodes, n8n, and the sandboxes of the tests. */
export function letTimePass(ms: number): void {
	aheadMs += ms;
}

let isReal = false;

/** Has the node's waits take their time until the end of the test. */
export function waitInRealTime(): void {
	isReal = true;
}

afterEach(() => {
	isReal = false;
});

// The node's waits are over at once, and then it is as late as it would be.
beforeAll(async () => {
	const { systemClock } = await fromDist<typeof TransportClock>('transport/clock');
	const { sleep } = systemClock;
	systemClock.sleep = async (ms, signal) => {
		if (isReal) return await sleep(ms, signal);
		const until = Date.now() + ms;
		await sleep(ms / SPEED, signal);
		aheadMs = Math.max(aheadMs, until - realNow());
	};
});
