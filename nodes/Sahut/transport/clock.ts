import { sleep } from 'n8n-workflow';

/** Time as the transport sees it, so that tests can make it run faster. */
export interface Clock {
	/** Milliseconds since the epoch. */
	now(): number;
	/** Waits `ms` milliseconds. @throws when the signal is aborted, at once. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = { now: () => Date.now(), sleep };
