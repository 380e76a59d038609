import type { Clock } from '../../nodes/Sahut/transport/clock';
import { DEFAULT_TRANSPORT, type TransportSettings } from '../../nodes/Sahut/transport/settings';
import { injectedTransport } from './injectedTransport';
import { now, testClock } from './testClock';

const DEFAULTS: TransportSettings = { ...DEFAULT_TRANSPORT, clock: testClock };

const transport = { ...DEFAULTS };

injectedTransport.settings = transport;

/** Overrides transport settings of the nodes until the end of the test, e.g. with a shorter timeout. */
export function overrideTransport(settings: Partial<TransportSettings>): void {
	Object.assign(transport, settings);
}

/** Creates a clock for the nodes that is ahead of the sandbox's clock by `ms`. */
export const createClockAheadBy = (ms: number): Clock => ({
	...testClock,
	now: () => now() + ms,
});

afterEach(() => {
	Object.assign(transport, DEFAULTS);
});
