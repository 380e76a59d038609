import { sleep } from 'n8n-workflow';

import { settledOrAborted } from './abort';

/** The clock of the transport. Tests replace it to run faster. */
export interface Clock {
	/** Returns the time in milliseconds since the epoch. */
	now(): number;
	/** Waits `ms` milliseconds. @throws as soon as the signal is aborted */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Also stops on an abort in n8n 1.x, where `sleep` does not accept a signal. */
async function sleepUnlessAborted(ms: number, signal?: AbortSignal): Promise<void> {
	if (!signal) return await sleep(ms);
	signal.throwIfAborted();
	// A separate signal for each listener: Node warns about more than ten listeners on one signal.
	await settledOrAborted(sleep(ms, AbortSignal.any([signal])), signal);
	signal.throwIfAborted();
}

export const systemClock: Clock = { now: () => Date.now(), sleep: sleepUnlessAborted };
