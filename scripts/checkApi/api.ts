import { setTimeout as wait } from 'node:timers/promises';

import { retryDelayMs } from '../../nodes/Sahut/transport/retryPolicy';
import type { SahutRequest } from '../../nodes/Sahut/transport/types';
import { operationOf } from './contract';
import type { Findings } from './findings';
import { observe } from './observe';

const TIMEOUT_MS = 30_000;
const MINUTE_MS = 60_000;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const RATE_LIMITED = 429;

/** An answer, whatever its status. */
export interface Answer {
	status: number;
	/** Parsed JSON, or the text as it came. */
	body: unknown;
	headers: Headers;
}

export interface Call {
	/** The IDs in the path, in their order. */
	ids?: string[];
	query?: Record<string, string | number>;
	body?: object;
	/** In the place of the documented one. */
	method?: string;
	/** Statuses that say something, and are no surprise. */
	expects?: number[];
	/** It is made also once the check was interrupted: it sets right what the check has changed. */
	setsRight?: boolean;
}

/** Makes requests by the operationId of the contract, and notes what each answer tells. */
export type Api = (operationId: string, call?: Call) => Promise<Answer>;

/** What every check has. */
export interface Context {
	api: Api;
	findings: Findings;
	/** Ends the check; what it has made or changed is set right all the same. */
	signal?: AbortSignal | undefined;
}

/** What all requests have in common. */
export interface Connection {
	baseUrl: string;
	apiKey: string;
	perMinute: number;
}

function parse(text: string): unknown {
	try {
		return text === '' ? undefined : JSON.parse(text);
	} catch {
		return text;
	}
}

function urlOf(baseUrl: string, path: string, { ids = [], query = {} }: Call): string {
	const segments = [...ids];
	const filled = path.replace(/\{\w+\}/g, () => encodeURIComponent(segments.shift() ?? ''));
	const search = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) search.set(name, String(value));
	return `${baseUrl}${filled}${search.size > 0 ? `?${search.toString()}` : ''}`;
}

/** A key that is refused tells nothing of the API. */
function assertAllowed({ status }: Answer, { expects = [] }: Call, request: string): void {
	if (expects.includes(status)) return;
	if (status === UNAUTHORIZED) {
		throw new Error(`Sahut does not accept the key in SAHUT_API_KEY (status ${status}).`);
	}
	if (status === FORBIDDEN) throw new Error(`The key may not ${request} (status ${status}).`);
}

function noteRetryAfter({ headers }: Answer, findings: Findings): void {
	const after = headers.get('retry-after');
	const found = after === null ? 'no Retry-After' : 'not in seconds';
	const isInSeconds = /^\d+$/.test(after ?? '');
	findings.noteWhether('retry-after-seconds', isInSeconds, 'in seconds', ['copes', found]);
}

/**
 * How long to wait before a request is made once more, as the nodes do.
 * @returns undefined where its answer stands
 */
function pauseAfter({ status, headers, body }: Answer, verb: string, attempt: number) {
	const request = { method: verb as SahutRequest['method'] };
	const outcome = { kind: 'answer', status, headers: Object.fromEntries(headers), body } as const;
	return retryDelayMs(request, outcome, attempt, { now: Date.now(), random: 1 });
}

/** @throws from each call: Error without the key and what was sent, when the API does not answer */
export function openApi(
	{ baseUrl, apiKey, perMinute }: Connection,
	findings: Findings,
	interrupted: AbortSignal | undefined,
): { api: Api; made: () => number } {
	let nextAt = 0;
	let made = 0;

	async function send(method: string, path: string, call: Call): Promise<Answer> {
		const pause = nextAt - Date.now();
		if (pause > 0) await wait(pause);
		nextAt = Date.now() + MINUTE_MS / perMinute;
		made += 1;
		const headers = {
			Authorization: `Bearer ${apiKey}`,
			...(call.body && { 'Content-Type': 'application/json' }),
		};
		const body = call.body && { body: JSON.stringify(call.body) };
		const signal = AbortSignal.timeout(TIMEOUT_MS);
		try {
			const response = await fetch(urlOf(baseUrl, path, call), {
				method,
				headers,
				...body,
				redirect: 'manual',
				signal,
			});
			const text = await response.text();
			return { status: response.status, headers: response.headers, body: parse(text) };
		} catch (error) {
			const { name, cause } = error as Error & { cause?: { code?: unknown } };
			const reason = String(cause?.code ?? name);
			throw new Error(`No answer to ${method} ${path} (${reason}). Is SAHUT_BASE_URL right?`);
		}
	}

	return {
		made: () => made,
		async api(operationId, call = {}) {
			const { method, path } = operationOf(operationId);
			const verb = call.method ?? String(method);
			for (let attempt = 1; ; attempt++) {
				if (!call.setsRight) interrupted?.throwIfAborted();
				const answer = await send(verb, path, call);
				if (answer.status === RATE_LIMITED) noteRetryAfter(answer, findings);
				const pause = pauseAfter(answer, verb, attempt);
				if (pause === undefined) {
					assertAllowed(answer, call, `${verb} ${path}`);
					observe(operationId, answer, call.expects ?? [], findings);
					return answer;
				}
				await wait(pause);
			}
		},
	};
}
