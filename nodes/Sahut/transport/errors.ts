import { NodeApiError, NodeError, UserError, type INode, type JsonObject } from 'n8n-workflow';

import { explain, type Circumstances } from './explain';
import { isOfUnknownFate, isTimeout, passesByItself, type Outcome } from './outcome';
import type { SahutRequest, Wording } from './types';

const MAY_HAVE_ARRIVED =
	'It may or may not have arrived, and the node does not send it again: check in Sahut before you do.';

/** `error.code` and `error.message` of Sahut's error envelope, as far as the answer has them. */
function whatSahutSaid(body: unknown): { code?: string; message?: string } {
	const { error } = Object(body) as { error?: { code?: unknown; message?: unknown } };
	const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
	return { code: text(error?.code), message: text(error?.message) };
}

/** Why an item failed, for workflows to branch on: stored in users' workflows, never rename one. */
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

/** A write of an earlier try may have been carried out. */
export class UnknownOutcomeError extends UserError {}

/** It could not be determined whether to send; nothing was sent. */
export class AmbiguousError extends UserError {}

/** Sahut does not page a list as documented, so the node cannot read it completely. */
export class PagingError extends UserError {}

/** Reasons by the status of a response; of other statuses, `refused` or `server_error`. */
const REASONS: Readonly<Record<number, FailureReason>> = {
	401: 'unauthorized',
	403: 'forbidden',
	404: 'not_found',
	408: 'timeout',
	429: 'rate_limited',
};

function reasonOfOutcome(outcome: Outcome): FailureReason {
	if (outcome.kind === 'cancelled') return 'canceled';
	if (outcome.kind === 'noAnswer') return isTimeout(outcome.code) ? 'timeout' : 'no_connection';
	const { status } = outcome;
	return REASONS[status] ?? (status >= 300 && status < 500 ? 'refused' : 'server_error');
}

/** Why an item failed. */
export function reasonOf(error: unknown): FailureReason {
	if (error instanceof UnknownOutcomeError) return 'unknown_outcome';
	if (error instanceof AmbiguousError) return 'ambiguous';
	if (error instanceof PagingError) return 'server_error';
	const reason = error instanceof NodeError ? error.context.reason : undefined;
	return (reason as FailureReason | undefined) ?? 'invalid_input';
}

/** Whether the request behind an error may have been carried out, so that a repetition could do it twice. */
export function mayHaveBeenProcessed(error: unknown): boolean {
	if (error instanceof UnknownOutcomeError) return true;
	return error instanceof NodeError && error.context.mayHaveArrived === true;
}

/** Whether Sahut answered the request behind an error with one of these statuses. */
export function hasStatus(error: unknown, ...statuses: number[]): boolean {
	return error instanceof NodeApiError && statuses.includes(Number(error.httpCode));
}

/** For `catch`: what is not there is undefined. @throws any other error */
export function undefinedIfNotFound(error: unknown): undefined {
	if (!hasStatus(error, 404)) throw error;
	return undefined;
}

/** Whether Sahut knows the address, but not the verb: nothing was done. */
export const isMethodNotAllowed = (error: unknown) => hasStatus(error, 405);

/** Whether Sahut refused what was sent, and will do so again: as for a phone number that is taken. */
export const isRefused = (error: unknown) => hasStatus(error, 400, 409, 422);

/** Whether the same request may well succeed a little later. */
export function mayPassByItself(error: unknown): boolean {
	return error instanceof NodeApiError && error.context.mayPassByItself === true;
}

/**
 * The error of a request that did not succeed, built once: n8n ignores a later message.
 *
 * `message` says what happened, `description` what Sahut said and what to do now, `httpCode` and
 * `errorResponse` carry Sahut's `status`, `code` and `message` (API reference, "Basics"). It holds
 * neither headers nor the API key.
 */
export function toNodeApiError(
	node: INode,
	request: SahutRequest,
	wording: Wording,
	outcome: Outcome,
	circumstances: Circumstances,
): NodeApiError {
	const status = outcome.kind === 'answer' ? outcome.status : undefined;
	const said = outcome.kind === 'answer' ? whatSahutSaid(outcome.body) : {};
	const isUnknown = isOfUnknownFate(request, outcome);
	const [message, advice] = explain(wording, outcome, circumstances, said.message);
	const description = [
		said.message && `Sahut said: "${said.message}"${said.code ? ` (${said.code})` : ''}.`,
		advice,
		isUnknown && MAY_HAVE_ARRIVED,
		wording.note,
	]
		.filter(Boolean)
		.join(' ');

	const response: JsonObject = { status: status ?? null, ...said };
	const error = new NodeApiError(node, response, {
		message,
		description,
		httpCode: status === undefined ? undefined : String(status),
	});
	// n8n replaces a message in which it finds the name of a system error, if only inside of a word.
	error.message = message;
	error.context.mayHaveArrived = isUnknown;
	error.context.reason = isUnknown ? 'unknown_outcome' : reasonOfOutcome(outcome);
	error.context.mayPassByItself = passesByItself(outcome);
	return error;
}
