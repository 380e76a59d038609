import { NodeApiError, NodeError, UserError, type INode, type JsonObject } from 'n8n-workflow';

import { explain, type Circumstances } from './explain';
import { isOfUnknownFate, passesByItself, type Outcome } from './outcome';
import type { SahutRequest } from './types';

const MAY_HAVE_ARRIVED =
	'It may or may not have arrived, and it is not sent again by itself: look into Sahut before you do.';

/** `error.code` and `error.message` of Sahut's error envelope, as far as the answer has them. */
function whatSahutSaid(body: unknown): { code?: string; message?: string } {
	const { error } = (typeof body === 'object' && body !== null ? body : {}) as {
		error?: { code?: unknown; message?: unknown };
	};
	return {
		code: typeof error?.code === 'string' ? error.code : undefined,
		message: typeof error?.message === 'string' ? error.message : undefined,
	};
}

/** A write was made in an earlier try, and it is still not known whether it was carried out. */
export class UnknownFateError extends UserError {}

/**
 * Whether the request behind an error may have been carried out all the same, so that repeating it
 * could do it twice.
 */
export function mayHaveArrived(error: unknown): boolean {
	if (error instanceof UnknownFateError) return true;
	return error instanceof NodeError && error.context.mayHaveArrived === true;
}

/** Whether Sahut said that what the request is about does not exist. */
export function isNotFound(error: unknown): boolean {
	return error instanceof NodeApiError && error.httpCode === '404';
}

/** For `catch`: what is not there is undefined. @throws any other error */
export function undefinedIfNotFound(error: unknown): undefined {
	if (!isNotFound(error)) throw error;
	return undefined;
}

/** Whether Sahut knows the address, but not the verb: nothing was done. */
export function isMethodNotAllowed(error: unknown): boolean {
	return error instanceof NodeApiError && error.httpCode === '405';
}

/** Whether a request was not sent because its time was over: see `SahutRequest.notAfter`. */
export function isTooLate(error: unknown): boolean {
	return error instanceof NodeApiError && error.context.isTooLate === true;
}

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
	outcome: Outcome,
	circumstances: Circumstances,
): NodeApiError {
	const status = outcome.kind === 'answer' ? outcome.status : undefined;
	const said = outcome.kind === 'answer' ? whatSahutSaid(outcome.body) : {};
	const isUnknown = isOfUnknownFate(request, outcome);
	const { message, advice } = explain(request, outcome, circumstances);
	const description = [
		said.message && `Sahut said: "${said.message}"${said.code ? ` (${said.code})` : ''}.`,
		advice,
		isUnknown && MAY_HAVE_ARRIVED,
		request.note,
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
	error.context.mayPassByItself = passesByItself(outcome);
	error.context.isTooLate = outcome.kind === 'tooLate';
	return error;
}
