import type { FastifyError, FastifyReply } from 'fastify';

/** For answers that are written as text. */
export const JSON_TYPE = 'application/json; charset=utf-8';

const CODES: Readonly<Record<number, string>> = {
	400: 'bad_request',
	401: 'unauthorized',
	403: 'forbidden',
	404: 'not_found',
	422: 'validation_error',
	429: 'rate_limited',
	500: 'server_error',
};

export interface ErrorBody {
	error: { code: string; message: string; status: number };
}

/** An error that the API answers with, in its documented envelope. */
export class ApiError extends Error {
	constructor(
		readonly status: number,
		message: string,
		/** Whole seconds, for the Retry-After header. */
		readonly retryAfter?: number,
	) {
		super(message);
	}

	/** Under this name Fastify and its plugins look for the status. */
	get statusCode(): number {
		return this.status;
	}
}

/** The documented code of a status; of one that is not documented, that of its class. */
export function codeOf(status: number): string {
	return CODES[status] ?? (status >= 500 ? 'server_error' : 'bad_request');
}

export function errorBody(status: number, message: string, code = codeOf(status)): ErrorBody {
	return { error: { code, message, status } };
}

/** Names the field that the contract refused, e.g. `body must NOT have additional properties: "foo"`. */
function refusal({ validation, validationContext, message }: FastifyError): string {
	const [first] = validation ?? [];
	if (!first) return message;
	const name = first.params['additionalProperty'];
	const where = `${validationContext ?? ''}${first.instancePath}`;
	return `${where} ${first.message ?? 'is invalid'}${name === undefined ? '' : `: "${String(name)}"`}`;
}

/**
 * Anything thrown while a request is handled, as the error to answer with: what the contract or
 * Fastify refuses is a 400, and what is left is a defect of the sandbox: a 500 that says which.
 */
export function toApiError(error: unknown): ApiError {
	if (error instanceof ApiError) return error;
	const { validation, statusCode = 500, message } = error as FastifyError;
	if (validation) return new ApiError(400, refusal(error as FastifyError));
	return new ApiError(statusCode < 500 ? 400 : 500, message);
}

/** Answers with an error, whatever was thrown. */
export function sendError(error: unknown, reply: FastifyReply): FastifyReply {
	const { status, message, retryAfter } = toApiError(error);
	if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
	return reply.code(status).send(errorBody(status, message));
}
