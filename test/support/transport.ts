import type { Clock } from '../../nodes/Sahut/transport/clock';
import { DEFAULT_TRANSPORT, type TransportSettings } from '../../nodes/Sahut/transport/settings';
import { injectedTransport } from './injectedTransport';
import { now, testClock } from './testClock';

const DEFAULTS: TransportSettings = { ...DEFAULT_TRANSPORT, clock: testClock };

const transport = { ...DEFAULTS };

injectedTransport.settings = transport;

/** Changes settings of the nodes until the end of the test, e.g. to a shorter timeout. */
export function overrideTransport(settings: Partial<TransportSettings>): void {
	Object.assign(transport, settings);
}

/** Returns a clock for the nodes that differs from the sandbox's by `ms`. */
export const clockAheadBy = (ms: number): Clock => ({
	...testClock,
	now: () => now() + ms,
});

afterEach(() => {
	Object.assign(transport, DEFAULTS);
});
