import { isRateLimited, isIdempotent, isUnreachable, isTransient, type Outcome } from './outcome';
import type { SahutRequest } from './types';

/** Tries of one request, the first one included. */
export const MAX_ATTEMPTS = 5;

/** The longest wait that Sahut may ask for; beyond it, the item fails and its message names the wait. */
export const MAX_RETRY_AFTER_MS = 120_000;

/** The shortest wait after a 429, half of it at random: `Retry-After: 0` would use up all tries at once. */
const MIN_RETRY_AFTER_MS = 1_000;

/** Backoff before the second try is up to this long, and up to twice as long before each further one. */
const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 30_000;

/** What the policy cannot know by itself. */
export interface Moment {
	/** Milliseconds since the epoch. */
	now: number;
	/** From 0 to below 1. */
	random: number;
}

/**
 * How long the answer asks to wait, in milliseconds from now: `Retry-After` in seconds or as an HTTP
 * date (RFC 9110, 10.2.3), which is read by the server's own clock where the answer has a `Date`.
 *
 * @returns undefined without a usable header.
 */
export function retryAfterMs(outcome: Outcome, now: number): number | undefined {
	if (outcome.kind !== 'response') return undefined;
	const { 'retry-after': retryAfter, date } = outcome.headers;
	const text = String(retryAfter ?? '').trim();
	if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
	const until = Date.parse(text);
	// V8 takes nearly any text with a number in it for a date; an HTTP date ends in GMT.
	if (Number.isNaN(until) || !text.endsWith('GMT')) return undefined;
	const serverNow = Date.parse(String(date ?? ''));
	return Math.max(0, until - (Number.isNaN(serverNow) ? now : serverNow));
}

/** Exponential backoff with full jitter, in milliseconds. */
function backoffMs(attempt: number, random: number): number {
	return random * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
}

/**
 * For how long a 429 closes the door, in milliseconds, whether or not the request is tried again; how
 * long a 503 asks to wait.
 */
export function rateLimitPauseMs(
	outcome: Outcome,
	attempt: number,
	{ now, random }: Moment,
): number {
	const asked = retryAfterMs(outcome, now);
	if (asked === undefined) return backoffMs(attempt, random);
	return Math.max(asked, (MIN_RETRY_AFTER_MS / 2) * (1 + random));
}

/**
 * Whether a request that did not succeed is tried again, and after how many milliseconds.
 *
 * A read or a deletion is repeated after no answer and after what passes by itself. Any other write
 * is repeated only when Sahut cannot have acted on it: it said 429, or the connection was never made.
 * The API has no idempotency key, so anything else could send a message twice.
 *
 * @param attempt the try that `outcome` came of, from 1
 * @returns undefined when the outcome stands.
 */
export function retryDelayMs(
	request: Pick<SahutRequest, 'method'>,
	outcome: Outcome,
	attempt: number,
	moment: Moment,
): number | undefined {
	if (attempt >= MAX_ATTEMPTS) return undefined;
	const mayRepeat = isIdempotent(request);
	const backoff = backoffMs(attempt, moment.random);
	if (!isTransient(outcome)) return undefined;
	if (outcome.kind === 'noResponse') {
		return mayRepeat || isUnreachable(outcome.code) ? backoff : undefined;
	}
	if (!mayRepeat && !isRateLimited(outcome)) return undefined;
	const asked = rateLimitPauseMs(outcome, attempt, moment);
	return asked > MAX_RETRY_AFTER_MS ? undefined : asked;
}
