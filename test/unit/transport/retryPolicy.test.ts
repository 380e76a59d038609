import {
	MAX_ATTEMPTS,
	MAX_RETRY_AFTER_MS,
	rateLimitPauseMs,
	retryAfterMs,
	retryDelayMs,
} from '../../../nodes/Sahut/transport/retryPolicy';
import {
	NOT_CONNECTED,
	isOfUnknownFate,
	type Outcome,
} from '../../../nodes/Sahut/transport/outcome';
import type { SahutRequest } from '../../../nodes/Sahut/transport/types';

const NOW = Date.parse('2024-03-15T08:30:00Z');

const answer = (status: number, headers: Record<string, string> = {}): Outcome => ({
	kind: 'answer',
	status,
	headers,
	body: {},
});

const noAnswer = (code: string): Outcome => ({ kind: 'noAnswer', code, detail: '' });

const circumstances = { now: NOW, random: 0.5 };

const NOT_TRUSTED = [
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

/** Half of the longest backoff before the second try. */
const BACKOFF = 500;

describe('what is repeated, and after how many milliseconds', () => {
	it.each<[string, Outcome, number | undefined, number | undefined]>([
		// what came of it, GET, POST
		['429 with Retry-After', answer(429, { 'retry-after': '7' }), 7_000, 7_000],
		['429 with Retry-After 0', answer(429, { 'retry-after': '0' }), 750, 750],
		['429 with the longest wait', answer(429, { 'retry-after': '120' }), 120_000, 120_000],
		['429 with too long a wait', answer(429, { 'retry-after': '121' }), undefined, undefined],
		['429 without Retry-After', answer(429), BACKOFF, BACKOFF],
		['429 with an odd Retry-After', answer(429, { 'retry-after': 'soon' }), BACKOFF, BACKOFF],
		['503 with Retry-After', answer(503, { 'retry-after': '3' }), 3_000, undefined],
		...[408, 500, 502, 503, 504].map((status): [string, Outcome, number, undefined] => [
			String(status),
			answer(status),
			BACKOFF,
			undefined,
		]),
		...[200, 201, 301, 400, 401, 403, 404, 409, 422, 501].map(
			(status): [string, Outcome, undefined, undefined] => [
				String(status),
				answer(status),
				undefined,
				undefined,
			],
		),
		...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', NOT_CONNECTED].map(
			(code): [string, Outcome, number, number] => [code, noAnswer(code), BACKOFF, BACKOFF],
		),
		...NOT_TRUSTED.map((code): [string, Outcome, undefined, undefined] => [
			code,
			noAnswer(code),
			undefined,
			undefined,
		]),
		...[
			'ECONNRESET',
			'ECONNABORTED',
			'ETIMEDOUT',
			'EPIPE',
			'ERR_BAD_RESPONSE',
			'ERR_SSL_BAD_RECORD_TYPE',
			'',
		].map((code): [string, Outcome, number, undefined] => [
			`no answer ${code}`,
			noAnswer(code),
			BACKOFF,
			undefined,
		]),
		['cancelled', { kind: 'cancelled', wasSent: true }, undefined, undefined],
		['cancelled before', { kind: 'cancelled', wasSent: false }, undefined, undefined],
	])('%s', (_, outcome, read, write) => {
		for (const method of ['GET', 'DELETE'] as const) {
			expect(retryDelayMs({ method }, outcome, 1, circumstances)).toBe(read);
		}
		for (const method of ['POST', 'PUT'] as const) {
			expect(retryDelayMs({ method }, outcome, 1, circumstances)).toBe(write);
		}
	});

	it('five times at most', () => {
		const delays = [1, 2, 3, 4, 5, 6].map((attempt) =>
			retryDelayMs({ method: 'GET' }, answer(503), attempt, { now: NOW, random: 1 }),
		);

		expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, undefined, undefined]);
		expect(MAX_ATTEMPTS).toBe(5);
	});

	it('with full jitter: anything from at once to the whole backoff', () => {
		const delay = (random: number) =>
			retryDelayMs({ method: 'GET' }, answer(503), 3, { now: NOW, random });

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
	])('%j means %s ms', (header, expected) => {
		expect(retryAfterMs(answer(429, { 'retry-after': header }), NOW)).toBe(expected);
	});

	it('as a date is read by the clock of the server', () => {
		const headers = {
			'retry-after': 'Fri, 15 Mar 2024 10:00:30 GMT',
			date: 'Fri, 15 Mar 2024 10:00:00 GMT',
		};

		expect(retryAfterMs(answer(429, headers), NOW)).toBe(30_000);
	});

	it('is not there without an answer', () => {
		expect(retryAfterMs(noAnswer('ECONNRESET'), NOW)).toBeUndefined();
	});
});

it('a 429 closes the door also when its request is given up', () => {
	const tooLong = answer(429, { 'retry-after': String(MAX_RETRY_AFTER_MS / 1_000 + 60) });

	expect(rateLimitPauseMs(tooLong, 5, circumstances)).toBe(180_000);
	expect(rateLimitPauseMs(answer(429), 5, circumstances)).toBe(8_000);
});

it.each([
	...NOT_TRUSTED.map((code) => [code, false] as const),
	['ENETUNREACH', false],
	[NOT_CONNECTED, false],
	['ETIMEDOUT', true],
	['ECONNRESET', true],
	['ERR_SSL_BAD_RECORD_TYPE', true],
	['', true],
] as const)('whether a write may have arrived after %s: %s', (code, expected) => {
	expect(isOfUnknownFate({ method: 'POST' } as SahutRequest, noAnswer(code))).toBe(expected);
});

it('a wait of no time is at least half a second, at most one', () => {
	const none = answer(429, { 'retry-after': '0' });

	const wait = (random: number) => rateLimitPauseMs(none, 1, { now: NOW, random });

	expect([0, 0.5, 1].map(wait)).toEqual([500, 750, 1_000]);
	expect(rateLimitPauseMs(answer(429, { 'retry-after': '1' }), 1, circumstances)).toBe(1_000);
});
