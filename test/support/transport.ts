import type * as Settings from '../../nodes/Sahut/transport/settings';
import { fromDist } from './engine';

const realNow = Date.now;
let aheadMs = 0;
Date.now = () => realNow() + aheadMs;
globalThis.Date = new Proxy(Date, {
	construct: (target, args) =>
		Reflect.construct(target, args.length > 0 ? args : [Date.now()]) as Date,
});

/** Makes it later for all that reads the clock: the nodes, n8n, and the sandboxes of the tests. */
export function advanceClock(ms: number): void {
	aheadMs += ms;
}

/** How many times as fast as really the node's waits pass. */
const USUAL_SPEED = 1_000;
let speed = USUAL_SPEED;

/** Has the node's waits take their time until the end of the test, or that divided by `times`. */
export function useRealWaits(times = 1): void {
	speed = times;
}

let transport: Settings.TransportSettings;
let usual: Settings.TransportSettings;

/** Has the node work with other settings until the end of the test, e.g. a shorter time-out. */
export function overrideTransport(settings: Partial<Settings.TransportSettings>): void {
	Object.assign(transport, settings);
}

/** The node's clock, were it wrong. */
export const clockAheadBy = (ms: number): Settings.TransportSettings['clock'] => ({
	...transport.clock,
	now: () => Date.now() + ms,
});

beforeAll(async () => {
	({ DEFAULT_TRANSPORT: transport } = await fromDist<typeof Settings>('transport/settings'));
	const { sleep } = transport.clock;
	// A wait is soon over, and then it is as late as it would be.
	transport.clock.sleep = async (ms, signal) => {
		const until = Date.now() + ms;
		await sleep(ms / speed, signal);
		aheadMs = Math.max(aheadMs, until - realNow());
	};
	usual = { ...transport };
});

afterEach(() => {
	speed = USUAL_SPEED;
	Object.assign(transport, usual);
});
