import { sleep } from 'n8n-workflow';

import { doneOrAborted } from './aborts';

/** Time as the transport sees it, so that tests can make it run faster. */
export interface Clock {
	/** Milliseconds since the epoch. */
	now(): number;
	/** Waits `ms` milliseconds. @throws when the signal is aborted, at once. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Ends with the signal also in n8n 1.x, whose `sleep` takes none. */
async function sleepUnlessAborted(ms: number, signal?: AbortSignal): Promise<void> {
	if (!signal) return await sleep(ms);
	signal.throwIfAborted();
	// One of its own: Node warns of a signal to which more than ten listen.
	await doneOrAborted(sleep(ms, AbortSignal.any([signal])), signal);
	signal.throwIfAborted();
}

export const systemClock: Clock = { now: () => Date.now(), sleep: sleepUnlessAborted };
