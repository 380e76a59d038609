import { systemClock, type Clock } from './clock';
import { MAX_ATTEMPTS } from './retryPolicy';

export interface TransportSettings {
	/** The maximum time to wait for the response to one request, in milliseconds. */
	timeoutMs: number;
	/** Attempts of one request, including the first, up to `MAX_ATTEMPTS`. */
	maxAttempts: number;
	/** The maximum number of requests in flight. */
	concurrency: number;
	/** The maximum number of requests that start within a minute, at equal intervals. */
	requestsPerMinute: number;
	/** The size of the largest attachment that the node downloads. */
	maxAttachmentBytes: number;
	clock: Clock;
	/** Returns the jitter of a backoff, from 0 to below 1. */
	random: () => number;
}

/** Requests in flight at once per node, if Concurrency is not set. */
export const DEFAULT_CONCURRENCY = { write: 5, read: 10 };

export const DEFAULT_TRANSPORT: TransportSettings = {
	timeoutMs: 30_000,
	maxAttempts: MAX_ATTEMPTS,
	concurrency: DEFAULT_CONCURRENCY.write,
	requestsPerMinute: Infinity,
	maxAttachmentBytes: 50 * 1024 * 1024,
	clock: systemClock,
	random: Math.random,
};
