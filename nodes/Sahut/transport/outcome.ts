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

/** In the place of Node's code, where it is known that no connection was made, or that one was. */
export const NOT_CONNECTED = 'NOT_CONNECTED';
export const CONNECTION_LOST = 'CONNECTION_LOST';

/** Codes of a connection that was never made, and may be in a moment. */
const UNREACHABLE =
	/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL)$/;

/**
 * Codes of a connection that was given up before anything was sent, since the other side cannot
 * prove who it is or speaks no TLS. OpenSSL's codes of certificates, Node's `ERR_TLS_…`, and of
 * `ERR_SSL_…` those of the handshake: later ones can follow a request.
 */
const UNTRUSTED =
	/^(EPROTO$|ERR_TLS_|ERR_SSL_.*(WRONG_VERSION|PROTOCOL|HANDSHAKE|UNKNOWN_CA|UNRECOGNIZED_NAME)|(CERT|CRL|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED)_|(HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)$)/;

/** Codes of axios' own timeout. */
const TIMEOUTS = new Set(['ECONNABORTED', 'ETIMEDOUT']);

/** Whether Sahut did not respond in time. */
export const isTimeout = (code: string) => TIMEOUTS.has(code);

/** Whether nothing can be had from this address now, but perhaps in a moment. */
export const isUnreachable = (code: string) => code === NOT_CONNECTED || UNREACHABLE.test(code);

/** Whether the other side was not trusted, which the next try would not change. */
export const isUntrusted = (code: string) => UNTRUSTED.test(code);

/** Whether no connection was made: Sahut has seen nothing of the request. */
export const isNeverConnected = (code: string) => isUnreachable(code) || isUntrusted(code);

export const isSuccess = (status: number) => status >= 200 && status < 300;

/** Whether Sahut turned the request back because there were too many, and did nothing else. */
export const isRateLimited = (outcome: Outcome) =>
	outcome.kind === 'answer' && outcome.status === RATE_LIMITED;

/** Whether a request may be made any number of times: it changes nothing, or what it deletes is gone. */
export const isRepeatable = ({ method }: Pick<SahutRequest, 'method'>) =>
	method === 'GET' || method === 'DELETE';

/** Redirects to the result of what was done (RFC 9110, 15.4). */
const SEEN_ELSEWHERE = new Set([302, 303]);

/** Statuses after which the same request may well succeed. */
const PASSES_BY_ITSELF = new Set([TIMED_OUT, RATE_LIMITED, 500, 502, 503, 504]);

/** Whether the same request may well succeed a little later. */
export function passesByItself(outcome: Outcome): boolean {
	if (outcome.kind === 'noAnswer') return !isUntrusted(outcome.code);
	return outcome.kind === 'answer' && PASSES_BY_ITSELF.has(outcome.status);
}

/** Whether Sahut may have acted on a write that did not succeed, and that would act again. */
export function isOfUnknownFate(request: SahutRequest, outcome: Outcome): boolean {
	if (isRepeatable(request)) return false;
	if (outcome.kind === 'cancelled') return outcome.wasSent;
	if (outcome.kind === 'noAnswer') return !isNeverConnected(outcome.code);
	const { status } = outcome;
	return isSuccess(status) || status >= 500 || status === TIMED_OUT || SEEN_ELSEWHERE.has(status);
}
