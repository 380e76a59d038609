import { systemClock, type Clock } from './clock';
import { MAX_ATTEMPTS } from './retryPolicy';

export interface TransportSettings {
	/** How long Sahut may take to answer one request, in milliseconds. */
	timeoutMs: number;
	/** Tries of one request, the first one included: up to `MAX_ATTEMPTS`. */
	maxAttempts: number;
	/** How many requests may be in flight at once. */
	concurrency: number;
	/** How many requests may start within a minute, at even distances. */
	requestsPerMinute: number;
	/** The largest attachment that is downloaded. */
	maxAttachmentBytes: number;
	clock: Clock;
	/** Chooses the jitter of a backoff: from 0 to below 1. */
	random: () => number;
}

/** Requests of one node at once, unless Concurrency says otherwise. */
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
