import { NodeApiError, NodeError, UserError, type INode, type JsonObject } from 'n8n-workflow';

import { describeFailure, type FailureFacts } from './errorTexts';
import { isOutcomeUnknown, isTimeout, isTransient, type Outcome } from './outcome';
import type { SahutRequest, Wording } from './types';

const MAY_HAVE_BEEN_PROCESSED =
	'Sahut may have processed this request, so the node does not repeat it. Check in Sahut before you send it again.';

/** Returns `error.code` and `error.message` of Sahut's error envelope, if the response contains them. */
function readSahutError(body: unknown): { code?: string; message?: string } {
	const { error } = Object(body) as { error?: { code?: unknown; message?: unknown } };
	const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
	return { code: text(error?.code), message: text(error?.message) };
}

/** Why an item failed. Users' workflows route items by these stored values: never rename one. */
export type FailureReason =
	| 'invalid_input'
	| 'not_found'
	| 'unauthorized'
	| 'forbidden'
	| 'refused'
	| 'rate_limited'
	| 'server_error'
	| 'no_connection'
	| 'timeout'
	| 'unknown_outcome'
	| 'ambiguous'
	| 'canceled';

/** Sahut may have processed a write of an earlier try. */
export class UnknownOutcomeError extends UserError {}

/** The node could not determine whether to send a message, or which contact to change, and wrote nothing. */
export class AmbiguousError extends UserError {}

/** Sahut has no record with the given phone number or email address. */
export class NotFoundError extends UserError {}

/** Sahut does not page a list as documented, so the node cannot read the complete list. */
export class PagingError extends UserError {}

/** Reasons by the status of a response. Other statuses have the reason `refused` or `server_error`. */
const REASONS: Readonly<Record<number, FailureReason>> = {
	401: 'unauthorized',
	403: 'forbidden',
	404: 'not_found',
	408: 'timeout',
	429: 'rate_limited',
};

function reasonOfOutcome(outcome: Outcome): FailureReason {
	if (outcome.kind === 'canceled') return 'canceled';
	if (outcome.kind === 'noResponse') return isTimeout(outcome.code) ? 'timeout' : 'no_connection';
	const { status } = outcome;
	return REASONS[status] ?? (status >= 300 && status < 500 ? 'refused' : 'server_error');
}

/** Returns the reason for an error, for the output field `reason`. */
export function reasonOf(error: unknown): FailureReason {
	if (error instanceof UnknownOutcomeError) return 'unknown_outcome';
	if (error instanceof AmbiguousError) return 'ambiguous';
	if (error instanceof NotFoundError) return 'not_found';
	if (error instanceof PagingError) return 'server_error';
	const reason = error instanceof NodeError ? error.context.reason : undefined;
	return (reason as FailureReason | undefined) ?? 'invalid_input';
}

/** Whether Sahut may have processed the request that failed, so that a retry could carry it out twice. */
export function mayHaveBeenProcessed(error: unknown): boolean {
	if (error instanceof UnknownOutcomeError) return true;
	return error instanceof NodeError && error.context.mayHaveArrived === true;
}

/** Whether Sahut responded to the request that failed with one of these statuses. */
export function hasStatus(error: unknown, ...statuses: number[]): boolean {
	return error instanceof NodeApiError && statuses.includes(Number(error.httpCode));
}

/** For `catch`: returns undefined if Sahut responded with 404. @throws any other error */
export function undefinedIfNotFound(error: unknown): undefined {
	if (!hasStatus(error, 404)) throw error;
	return undefined;
}

/** Whether Sahut does not support the HTTP method at this path, so that it changed nothing. */
export const isMethodNotAllowed = (error: unknown) => hasStatus(error, 405);

/** Whether Sahut refused the data of the request, e.g. a phone number in use. A retry would fail too. */
export const isRefused = (error: unknown) => hasStatus(error, 400, 409, 422);

/** Whether the request that failed may succeed a little later. */
export function isTransientError(error: unknown): boolean {
	return error instanceof NodeApiError && error.context.isTransient === true;
}

/**
 * Creates the error of a failed request. Its texts must be final, since n8n ignores a later message.
 *
 * `message` states what happened; `description`, what Sahut responded and what to do next. `httpCode` and
 * `errorResponse` contain Sahut's `status`, `code` and `message` (API reference, "Basics"). The error
 * contains neither headers nor the API key.
 */
export function toNodeApiError(
	node: INode,
	request: SahutRequest,
	wording: Wording,
	outcome: Outcome,
	facts: Omit<FailureFacts, 'isOutcomeUnknown'>,
): NodeApiError {
	const status = outcome.kind === 'response' ? outcome.status : undefined;
	const sahutError = outcome.kind === 'response' ? readSahutError(outcome.body) : {};
	const isUnknown = isOutcomeUnknown(request, outcome);
	const [message, advice] = describeFailure(
		wording,
		outcome,
		{ ...facts, isOutcomeUnknown: isUnknown },
		sahutError.message,
	);
	const code = sahutError.code ? ` (${sahutError.code})` : '';
	const description = [
		sahutError.message && `Sahut responded: "${sahutError.message}"${code}.`,
		advice,
		isUnknown && MAY_HAVE_BEEN_PROCESSED,
		wording.note,
	]
		.filter(Boolean)
		.join(' ');

	const response: JsonObject = { status: status ?? null, ...sahutError };
	const error = new NodeApiError(node, response, {
		message,
		description,
		httpCode: status === undefined ? undefined : String(status),
	});
	// n8n replaces a message that contains the name of a system error, even inside a word.
	error.message = message;
	error.context.mayHaveArrived = isUnknown;
	error.context.reason = isUnknown ? 'unknown_outcome' : reasonOfOutcome(outcome);
	error.context.isTransient = isTransient(outcome);
	return error;
}
