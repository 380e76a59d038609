import { setTimeout as wait } from 'node:timers/promises';

import { rateLimitPauseMs } from '../../nodes/Sahut/transport/retryPolicy';
import type { Outcome } from '../../nodes/Sahut/transport/outcome';
import type { Contract } from './contract';
import type { Findings } from './findings';
import { observe } from './observe';

const TIMEOUT_MS = 30_000;
const MINUTE_MS = 60_000;
const MAX_ATTEMPTS = 5;

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
}

/** Makes requests by the operationId of the contract, and notes what each answer tells. */
export type Api = (operationId: string, call?: Call) => Promise<Answer>;

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

/** How long to wait after a 429, and what it tells. */
function pauseAfter({ status, headers, body }: Answer, attempt: number, findings: Findings) {
	const after = headers.get('retry-after');
	if (after === null) findings.note('retry-after-seconds', 'copes', 'no Retry-After');
	else if (/^\d+$/.test(after)) findings.note('retry-after-seconds', 'as assumed', 'in seconds');
	else findings.note('retry-after-seconds', 'copes', 'not in seconds');
	const outcome: Outcome = { kind: 'answer', status, headers: Object.fromEntries(headers), body };
	return rateLimitPauseMs(outcome, attempt, { now: Date.now(), random: 1 });
}

/** @throws Error when the API does not answer, without the key and what was sent */
export function openApi(
	{ baseUrl, apiKey, perMinute }: Connection,
	contract: Contract,
	findings: Findings,
): { api: Api; made: () => number } {
	let nextAt = 0;
	let made = 0;

	async function send(operationId: string, call: Call): Promise<Answer> {
		const { method, path } = contract.route(operationId);
		const pause = nextAt - Date.now();
		if (pause > 0) await wait(pause);
		nextAt = Date.now() + MINUTE_MS / perMinute;
		made += 1;
		const verb = call.method ?? method;
		const response = await fetch(urlOf(baseUrl, path, call), {
			method: verb,
			headers: {
				Authorization: `Bearer ${apiKey}`,
				...(call.body && { 'Content-Type': 'application/json' }),
			},
			...(call.body && { body: JSON.stringify(call.body) }),
			redirect: 'manual',
			signal: AbortSignal.timeout(TIMEOUT_MS),
		}).catch((error: Error & { cause?: { code?: unknown } }) => {
			const reason = String(error.cause?.code ?? error.name);
			throw new Error(`No answer to ${verb} ${path} (${reason}). Is SAHUT_BASE_URL right?`);
		});
		const { status, headers } = response;
		return { status, headers, body: parse(await response.text()) };
	}

	return {
		made: () => made,
		async api(operationId, call = {}) {
			for (let attempt = 1; ; attempt++) {
				const answer = await send(operationId, call);
				if (answer.status !== 429 || attempt === MAX_ATTEMPTS) {
					observe(operationId, call, answer, contract, findings);
					return answer;
				}
				await wait(pauseAfter(answer, attempt, findings));
			}
		},
	};
}
