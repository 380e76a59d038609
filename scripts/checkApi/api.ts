import { setTimeout as wait } from 'node:timers/promises';

import type { Answer, Call } from './answer';
import type { Contract } from './contract';
import type { Findings } from './findings';
import { observe } from './observe';
import { pauseAfter } from './patience';

const TIMEOUT_MS = 30_000;
const MINUTE_MS = 60_000;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;

/** Makes requests by the operationId of the contract, and notes what each answer tells. */
export type Api = (operationId: string, call?: Call) => Promise<Answer>;

/** What all requests have in common. */
export interface Connection {
	baseUrl: string;
	apiKey: string;
	perMinute: number;
	/** Ends the check; what it has made or changed is set right all the same. */
	signal?: AbortSignal;
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

/** @throws from each call: Error without the key and what was sent, when the API does not answer */
export function openApi(
	{ baseUrl, apiKey, perMinute, signal }: Connection,
	contract: Contract,
	findings: Findings,
): { api: Api; made: () => number } {
	let nextAt = 0;
	let made = 0;

	async function send(verb: string, path: string, call: Call): Promise<Answer> {
		const pause = nextAt - Date.now();
		if (pause > 0) await wait(pause);
		nextAt = Date.now() + MINUTE_MS / perMinute;
		made += 1;
		const request = {
			method: verb,
			headers: {
				Authorization: `Bearer ${apiKey}`,
				...(call.body && { 'Content-Type': 'application/json' }),
			},
			...(call.body && { body: JSON.stringify(call.body) }),
			redirect: 'manual' as const,
			signal: AbortSignal.timeout(TIMEOUT_MS),
		};
		try {
			const response = await fetch(urlOf(baseUrl, path, call), request);
			const { status, headers } = response;
			return { status, headers, body: parse(await response.text()) };
		} catch (error) {
			const { name, cause } = error as Error & { cause?: { code?: unknown } };
			const reason = String(cause?.code ?? name);
			throw new Error(`No answer to ${verb} ${path} (${reason}). Is SAHUT_BASE_URL right?`);
		}
	}

	return {
		made: () => made,
		async api(operationId, call = {}) {
			const { method, path } = contract.route(operationId);
			const verb = call.method ?? method;
			for (let attempt = 1; ; attempt++) {
				if (!call.setsRight) signal?.throwIfAborted();
				const answer = await send(verb, path, call);
				const pause = pauseAfter(answer, verb, attempt, findings);
				if (pause === undefined) {
					assertAllowed(answer, call, `${verb} ${path}`);
					observe(operationId, call, answer, contract, findings);
					return answer;
				}
				await wait(pause);
			}
		},
	};
}
