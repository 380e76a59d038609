import { setTimeout as wait } from 'node:timers/promises';

import { retryDelayMs } from '../../nodes/Sahut/transport/retryPolicy';
import type { SahutRequest } from '../../nodes/Sahut/transport/types';
import { findOperation } from './contract';
import type { Findings } from './findings';
import { checkResponse } from './checkResponse';

const TIMEOUT_MS = 30_000;
const MINUTE_MS = 60_000;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;
const RATE_LIMITED = 429;

/** A response with any status. */
export interface ApiResponse {
	status: number;
	/** Parsed JSON, or the raw text. */
	body: unknown;
	headers: Headers;
}

/** The parameters of a request. */
export interface Call {
	/** The IDs for the placeholders of the path, in order. */
	ids?: string[];
	query?: Record<string, string | number>;
	body?: object;
	/** Replaces the documented method. */
	method?: string;
	/** Error statuses that the caller handles. Others are recorded as undocumented. */
	expectedStatuses?: number[];
	/** Whether to send the request even after an interruption, since it reverts a change of the check. */
	isCleanup?: boolean;
}

/** Sends a request by the operationId of the contract, and checks every response. */
export type Api = (operationId: string, call?: Call) => Promise<ApiResponse>;

/** The dependencies that every check gets. */
export interface Context {
	api: Api;
	findings: Findings;
	/** Interrupts the check, but not its cleanup. */
	signal?: AbortSignal | undefined;
}

/** The settings of all requests. */
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

function buildUrl(baseUrl: string, path: string, { ids = [], query = {} }: Call): string {
	const segments = [...ids];
	const filled = path.replace(/\{\w+\}/g, () => encodeURIComponent(segments.shift() ?? ''));
	const search = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) search.set(name, String(value));
	return `${baseUrl}${filled}${search.size > 0 ? `?${search.toString()}` : ''}`;
}

/** @throws {Error} when the key is refused, since the API cannot be checked then. */
function assertAllowed(
	{ status }: ApiResponse,
	{ expectedStatuses = [] }: Call,
	request: string,
): void {
	if (expectedStatuses.includes(status)) return;
	if (status === UNAUTHORIZED) {
		throw new Error(
			`Sahut does not accept the key in SAHUT_API_KEY (status ${status}). Check the key in Sahut.`,
		);
	}
	if (status === FORBIDDEN)
		throw new Error(
			`The key has no permission for ${request} (status ${status}). Use a key with this permission.`,
		);
}

function checkRetryAfter({ headers }: ApiResponse, findings: Findings): void {
	const after = headers.get('retry-after');
	const found = after === null ? 'no Retry-After' : 'not in seconds';
	const isInSeconds = /^\d+$/.test(after ?? '');
	findings.recordCheck('retry-after-seconds', isInSeconds, 'in seconds', ['handled', found]);
}

/**
 * Computes the delay before a retry, as the nodes do.
 * @returns milliseconds, or undefined if the request is not retried
 */
function retryDelay({ status, headers, body }: ApiResponse, verb: string, attempt: number) {
	const request = { method: verb as SahutRequest['method'] };
	const outcome = { kind: 'response', status, headers: Object.fromEntries(headers), body } as const;
	return retryDelayMs(request, outcome, attempt, { now: Date.now(), random: 1 });
}

/**
 * Creates a client for the API. It sends one request at a time, at the configured rate.
 * @returns `api`, which throws an Error without the key and the request body when there is no response, and
 * `requestCount`, the number of requests so far
 */
export function createClient(
	{ baseUrl, apiKey, perMinute }: Connection,
	findings: Findings,
	interrupted: AbortSignal | undefined,
): { api: Api; requestCount: () => number } {
	let nextAt = 0;
	let sent = 0;

	async function send(method: string, path: string, call: Call): Promise<ApiResponse> {
		const pause = nextAt - Date.now();
		if (pause > 0) await wait(pause);
		nextAt = Date.now() + MINUTE_MS / perMinute;
		sent += 1;
		const headers = {
			Authorization: `Bearer ${apiKey}`,
			...(call.body && { 'Content-Type': 'application/json' }),
		};
		const body = call.body && { body: JSON.stringify(call.body) };
		const signal = AbortSignal.timeout(TIMEOUT_MS);
		try {
			const response = await fetch(buildUrl(baseUrl, path, call), {
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
			throw new Error(
				`No response to ${method} ${path} (${reason}). Check SAHUT_BASE_URL and your connection.`,
			);
		}
	}

	return {
		requestCount: () => sent,
		async api(operationId, call = {}) {
			const { method, path } = findOperation(operationId);
			const verb = call.method ?? String(method);
			for (let attempt = 1; ; attempt++) {
				if (!call.isCleanup) interrupted?.throwIfAborted();
				const response = await send(verb, path, call);
				if (response.status === RATE_LIMITED) checkRetryAfter(response, findings);
				const pause = retryDelay(response, verb, attempt);
				if (pause === undefined) {
					assertAllowed(response, call, `${verb} ${path}`);
					checkResponse(operationId, response, call.expectedStatuses ?? [], findings);
					return response;
				}
				await wait(pause);
			}
		},
	};
}
