import {
	MAX_ATTEMPTS,
	MAX_RETRY_AFTER_MS,
	rateLimitPauseMs,
	retryAfterMs,
	retryDelayMs,
} from '../../../nodes/Sahut/transport/retryPolicy';
import {
	NOT_CONNECTED,
	isOutcomeUnknown,
	type Outcome,
} from '../../../nodes/Sahut/transport/outcome';
import type { SahutRequest } from '../../../nodes/Sahut/transport/types';

const NOW = Date.parse('2024-03-15T08:30:00Z');

const response = (status: number, headers: Record<string, string> = {}): Outcome => ({
	kind: 'response',
	status,
	headers,
	body: {},
});

const noResponse = (code: string): Outcome => ({ kind: 'noResponse', code, detail: '' });

const circumstances = { now: NOW, random: 0.5 };

/** Error codes of connections that TLS refused. */
const TLS_REFUSALS = [
	'EPROTO',
	'CERT_HAS_EXPIRED',
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
	'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
	'ERR_TLS_CERT_ALTNAME_INVALID',
	'ERR_SSL_WRONG_VERSION_NUMBER',
	'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
];

/** Error codes of connections that were never established. */
const FAILED_CONNECTIONS = [
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'ENETUNREACH',
	NOT_CONNECTED,
];

/** Error codes after which the request may have arrived. */
const LOST_RESPONSES = [
	'ECONNRESET',
	'ECONNABORTED',
	'ETIMEDOUT',
	'EPIPE',
	'ERR_BAD_RESPONSE',
	'ERR_SSL_BAD_RECORD_TYPE',
	'',
];

const READS = ['GET', 'DELETE'] as const;
const WRITES = ['POST', 'PUT'] as const;

/** The backoff before the second attempt, with the jitter of `circumstances`. */
const BACKOFF_MS = 500;

const limitedFor = (retryAfter: string) => response(429, { 'retry-after': retryAfter });

type Method = (typeof READS | typeof WRITES)[number];

/** Returns the delay in milliseconds before the second attempt; undefined if there is none. */
const delaysAfter = (methods: readonly Method[], outcome: Outcome) =>
	methods.map((method) => retryDelayMs({ method }, outcome, 1, circumstances));

describe('the retry policy', () => {
	it.each<[string, Outcome, number]>([
		['a 429 with Retry-After', limitedFor('7'), 7_000],
		['a 429 with Retry-After 0', limitedFor('0'), 750],
		['a 429 with the longest accepted Retry-After', limitedFor('120'), 120_000],
		['a 429 with an invalid Retry-After', limitedFor('soon'), BACKOFF_MS],
		['a 429 without Retry-After', response(429), BACKOFF_MS],
		...FAILED_CONNECTIONS.map((code): [string, Outcome, number] => [
			`the connection error ${code}`,
			noResponse(code),
			BACKOFF_MS,
		]),
	])('retries reads and writes after %s', (_, outcome, delayMs) => {
		expect(delaysAfter([...READS, ...WRITES], outcome)).toEqual(Array(4).fill(delayMs));
	});

	it.each<[string, Outcome, number]>([
		['a 503 with Retry-After', response(503, { 'retry-after': '3' }), 3_000],
		...[408, 500, 502, 503, 504].map((status): [string, Outcome, number] => [
			`a ${status}`,
			response(status),
			BACKOFF_MS,
		]),
		...LOST_RESPONSES.map((code): [string, Outcome, number] => [
			`a lost response with the code "${code}"`,
			noResponse(code),
			BACKOFF_MS,
		]),
	])('retries only reads after %s', (_, outcome, delayMs) => {
		expect(delaysAfter(READS, outcome)).toEqual([delayMs, delayMs]);
		expect(delaysAfter(WRITES, outcome)).toEqual([undefined, undefined]);
	});

	it.each<[string, Outcome]>([
		['a 429 with a Retry-After above the limit', limitedFor('121')],
		...[200, 201, 301, 400, 401, 403, 404, 409, 422, 501].map((status): [string, Outcome] => [
			`a ${status}`,
			response(status),
		]),
		...TLS_REFUSALS.map((code): [string, Outcome] => [`the TLS error ${code}`, noResponse(code)]),
		['a request that was canceled after it was sent', { kind: 'canceled', wasSent: true }],
		['a request that was canceled before it was sent', { kind: 'canceled', wasSent: false }],
	])('does not retry after %s', (_, outcome) => {
		expect(delaysAfter([...READS, ...WRITES], outcome)).toEqual(Array(4).fill(undefined));
	});

	it('makes at most five attempts, and doubles the backoff after each', () => {
		const delays = [1, 2, 3, 4, 5, 6].map((attempt) =>
			retryDelayMs({ method: 'GET' }, response(503), attempt, { now: NOW, random: 1 }),
		);

		expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, undefined, undefined]);
		expect(MAX_ATTEMPTS).toBe(5);
	});

	it('waits for a random part of the backoff', () => {
		const delay = (random: number) =>
			retryDelayMs({ method: 'GET' }, response(503), 3, { now: NOW, random });

		expect([0, 0.25, 0.999].map(delay)).toEqual([0, 1_000, 3_996]);
	});
});

describe('Retry-After', () => {
	it.each([
		['7', 7_000],
		[' 7 ', 7_000],
		['1.5', 1_500],
		['Fri, 15 Mar 2024 08:30:09 GMT', 9_000],
		['Fri, 15 Mar 2024 08:29:00 GMT', 0],
		['-1', undefined],
		['', undefined],
		['soon', undefined],
		['2024', 2_024_000],
		['in 5 minutes', undefined],
	])('of %j is a wait of %s ms', (header, expected) => {
		expect(retryAfterMs(response(429, { 'retry-after': header }), NOW)).toBe(expected);
	});

	it('with a date is relative to the Date header of the response', () => {
		const headers = {
			'retry-after': 'Fri, 15 Mar 2024 10:00:30 GMT',
			date: 'Fri, 15 Mar 2024 10:00:00 GMT',
		};

		expect(retryAfterMs(response(429, headers), NOW)).toBe(30_000);
	});

	it('is undefined without a response', () => {
		expect(retryAfterMs(noResponse('ECONNRESET'), NOW)).toBeUndefined();
	});
});

it('a 429 closes the gate even if its request is not retried', () => {
	const tooLong = response(429, { 'retry-after': String(MAX_RETRY_AFTER_MS / 1_000 + 60) });

	expect(rateLimitPauseMs(tooLong, 5, circumstances)).toBe(180_000);
	expect(rateLimitPauseMs(response(429), 5, circumstances)).toBe(8_000);
});

it.each([
	...TLS_REFUSALS.map((code) => [code, false] as const),
	['ENETUNREACH', false],
	[NOT_CONNECTED, false],
	['ETIMEDOUT', true],
	['ECONNRESET', true],
	['ERR_SSL_BAD_RECORD_TYPE', true],
	['', true],
] as const)('the outcome of a write after the error code "%s" is unknown: %s', (code, expected) => {
	expect(isOutcomeUnknown({ method: 'POST' } as SahutRequest, noResponse(code))).toBe(expected);
});

it('a Retry-After of 0 causes a wait of half a second to one second', () => {
	const immediate = response(429, { 'retry-after': '0' });

	const wait = (random: number) => rateLimitPauseMs(immediate, 1, { now: NOW, random });

	expect([0, 0.5, 1].map(wait)).toEqual([500, 750, 1_000]);
	expect(rateLimitPauseMs(response(429, { 'retry-after': '1' }), 1, circumstances)).toBe(1_000);
});
