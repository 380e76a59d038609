import type { SahutRequest } from './types';

/** What came of one attempt: an HTTP answer of any status, none, or the end of the execution. */
export type Outcome =
	| {
			kind: 'answer';
			status: number;
			/** Names in lower case. */
			headers: Readonly<Record<string, unknown>>;
			/** Parsed JSON, or the text as it came where it is not JSON. */
			body: unknown;
	  }
	| {
			kind: 'noAnswer';
			/** Node's or axios' code, e.g. `ECONNREFUSED`; empty when there is none. */
			code: string;
			detail: string;
	  }
	| {
			kind: 'cancelled';
			/** Whether the request was on its way, so that Sahut may have acted on it. */
			wasSent: boolean;
	  };

export const RATE_LIMITED = 429;

/** The server gave up waiting, at whatever point. */
const TIMED_OUT = 408;

/** Codes of a connection that was never made: Sahut has seen nothing of the request. */
export const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

export function isSuccess(status: number): boolean {
	return status >= 200 && status < 300;
}

/** Whether Sahut turned the request back because there were too many, and did nothing else. */
export function isRateLimited(outcome: Outcome): boolean {
	return outcome.kind === 'answer' && outcome.status === RATE_LIMITED;
}

/** Whether a request may be made any number of times: it changes nothing, or what it deletes is gone. */
export function isRepeatable({ method }: Pick<SahutRequest, 'method'>): boolean {
	return method === 'GET' || method === 'DELETE';
}

/** Whether Sahut may have acted on a write that did not succeed, and that would act again. */
export function isOfUnknownFate(request: SahutRequest, outcome: Outcome): boolean {
	if (isRepeatable(request)) return false;
	switch (outcome.kind) {
		case 'cancelled':
			return outcome.wasSent;
		case 'noAnswer':
			return !NEVER_CONNECTED.has(outcome.code);
		case 'answer':
			return isSuccess(outcome.status) || outcome.status >= 500 || outcome.status === TIMED_OUT;
	}
}
