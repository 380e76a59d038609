import type { SahutRequest } from './types';

/** The outcome of one attempt. */
export type Outcome =
	| {
			/** An HTTP response with any status. */
			kind: 'response';
			status: number;
			/** Names in lower case. */
			headers: Readonly<Record<string, unknown>>;
			/** Parsed JSON, or the unchanged text if it is not JSON. */
			body: unknown;
	  }
	| {
			kind: 'noResponse';
			/** Node's or axios' code, e.g. `ECONNREFUSED`; empty if there is none. */
			code: string;
			detail: string;
	  }
	| {
			kind: 'canceled';
			/** Whether the request was in flight, so that Sahut may have processed it. */
			wasSent: boolean;
	  };

/** Describes an outcome for n8n's log, without the content of a response. */
export function describeOutcome(outcome: Outcome): string {
	if (outcome.kind === 'response') return `status ${outcome.status}`;
	return outcome.kind === 'canceled' ? 'a cancellation' : outcome.code || 'no response';
}

export const RATE_LIMITED = 429;

const REQUEST_TIMEOUT = 408;

/** Codes that replace Node's if the error shows that no connection was made, or that one was lost. */
export const NOT_CONNECTED = 'NOT_CONNECTED';
export const CONNECTION_LOST = 'CONNECTION_LOST';

/** Codes of a connection that was not made; another attempt may succeed. */
const UNREACHABLE =
	/^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL)$/;

/**
 * Codes of a TLS handshake that failed, so that nothing was sent: OpenSSL's certificate errors, Node's
 * `ERR_TLS_…`, and the codes `ERR_SSL_…` of the handshake. Other codes `ERR_SSL_…` can occur after a
 * request was sent.
 */
const UNTRUSTED =
	/^(EPROTO$|ERR_TLS_|ERR_SSL_.*(WRONG_VERSION|PROTOCOL|HANDSHAKE|UNKNOWN_CA|UNRECOGNIZED_NAME)|(CERT|CRL|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED)_|(HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)$)/;

/** Codes of axios' own timeout. */
const TIMEOUTS = new Set(['ECONNABORTED', 'ETIMEDOUT']);

/** Whether Sahut did not respond in time. */
export const isTimeout = (code: string) => TIMEOUTS.has(code);

/** Whether no connection was made, but another attempt may succeed. */
export const isUnreachable = (code: string) => code === NOT_CONNECTED || UNREACHABLE.test(code);

/** Whether the TLS handshake failed. Another attempt would fail too. */
export const isUntrusted = (code: string) => UNTRUSTED.test(code);

/** Whether no connection was made, so that Sahut has not received the request. */
export const isNeverConnected = (code: string) => isUnreachable(code) || isUntrusted(code);

export const isSuccess = (status: number) => status >= 200 && status < 300;

/** Whether Sahut rejected the request because of its rate limit, and did not process it. */
export const isRateLimited = (outcome: Outcome) =>
	outcome.kind === 'response' && outcome.status === RATE_LIMITED;

/** Whether repeating a request changes nothing. A DELETE that is repeated finds nothing to delete. */
export const isIdempotent = ({ method }: Pick<SahutRequest, 'method'>) =>
	method === 'GET' || method === 'DELETE';

/** Redirects to the result of a request that was processed (RFC 9110, 15.4). */
const REDIRECTS_TO_RESULT = new Set([302, 303]);

const TRANSIENT_STATUSES = new Set([REQUEST_TIMEOUT, RATE_LIMITED, 500, 502, 503, 504]);

/** Whether the same request may succeed a little later. */
export function isTransient(outcome: Outcome): boolean {
	if (outcome.kind === 'noResponse') return !isUntrusted(outcome.code);
	return outcome.kind === 'response' && TRANSIENT_STATUSES.has(outcome.status);
}

/** Whether Sahut may have processed a write that did not succeed, so that a retry could carry it out twice. */
export function isOutcomeUnknown(request: SahutRequest, outcome: Outcome): boolean {
	if (isIdempotent(request)) return false;
	if (outcome.kind === 'canceled') return outcome.wasSent;
	if (outcome.kind === 'noResponse') return !isNeverConnected(outcome.code);
	const { status } = outcome;
	return (
		isSuccess(status) ||
		status >= 500 ||
		status === REQUEST_TIMEOUT ||
		REDIRECTS_TO_RESULT.has(status)
	);
}
