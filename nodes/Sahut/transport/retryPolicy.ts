import { isIdempotent, isRateLimited, isTransient, isUnreachable, type Outcome } from './outcome';
import type { SahutRequest } from './types';

/** Attempts of one request, including the first. */
export const MAX_ATTEMPTS = 5;

/** The longest wait that Sahut may ask for. Beyond it, the item fails, and its error states the wait. */
export const MAX_RETRY_AFTER_MS = 120_000;

/**
 * The shortest wait after a 429; half of it is random. Otherwise, `Retry-After: 0` would use up all attempts
 * at once.
 */
const MIN_RETRY_AFTER_MS = 1_000;

/** The longest backoff before the second attempt. It doubles for each further attempt, up to the maximum. */
const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 30_000;

/** The current time and randomness, which tests inject. */
export interface Moment {
	/** Milliseconds since the epoch. */
	now: number;
	/** From 0 to below 1. */
	random: number;
}

/**
 * Reads how long a response asks to wait, in milliseconds. `Retry-After` contains seconds or an HTTP date
 * (RFC 9110, 10.2.3), which is compared with the server's own clock if the response has a `Date`.
 *
 * @returns undefined if the header is missing or invalid
 */
export function retryAfterMs(outcome: Outcome, now: number): number | undefined {
	if (outcome.kind !== 'response') return undefined;
	const { 'retry-after': retryAfter, date } = outcome.headers;
	const text = String(retryAfter ?? '').trim();
	if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
	const until = Date.parse(text);
	// V8 parses almost any text with a number as a date; an HTTP date ends with GMT.
	if (Number.isNaN(until) || !text.endsWith('GMT')) return undefined;
	const serverNow = Date.parse(String(date ?? ''));
	return Math.max(0, until - (Number.isNaN(serverNow) ? now : serverNow));
}

/** Returns an exponential backoff with full jitter, in milliseconds. */
function backoffMs(attempt: number, random: number): number {
	return random * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
}

/**
 * Returns how long to wait after a 429, or after another response that may have `Retry-After`, in
 * milliseconds. A 429 closes the gate for this time, even if the request is not retried.
 */
export function rateLimitPauseMs(
	outcome: Outcome,
	attempt: number,
	{ now, random }: Moment,
): number {
	const requestedMs = retryAfterMs(outcome, now);
	if (requestedMs === undefined) return backoffMs(attempt, random);
	return Math.max(requestedMs, (MIN_RETRY_AFTER_MS / 2) * (1 + random));
}

/**
 * Returns after how many milliseconds to retry a failed request; undefined if it must not be retried.
 *
 * Reads and deletions are retried after every transient failure. Other writes are retried only if Sahut has
 * not processed them: after a 429, or if no connection was made. The API has no idempotency key, so any
 * other retry could send a message twice.
 *
 * @param attempt the number of the attempt that failed, from 1
 */
export function retryDelayMs(
	request: Pick<SahutRequest, 'method'>,
	outcome: Outcome,
	attempt: number,
	moment: Moment,
): number | undefined {
	if (attempt >= MAX_ATTEMPTS || !isTransient(outcome)) return undefined;
	const isSafe = isIdempotent(request);
	if (outcome.kind === 'noResponse') {
		const canRetry = isSafe || isUnreachable(outcome.code);
		return canRetry ? backoffMs(attempt, moment.random) : undefined;
	}
	if (!isSafe && !isRateLimited(outcome)) return undefined;
	const pauseMs = rateLimitPauseMs(outcome, attempt, moment);
	return pauseMs > MAX_RETRY_AFTER_MS ? undefined : pauseMs;
}
