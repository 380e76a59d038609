import type { FastifyError, FastifyReply } from 'fastify';

/** The content type of responses that are serialized by hand. */
export const JSON_CONTENT_TYPE = 'application/json; charset=utf-8';

const CODES: Readonly<Record<number, string>> = {
	400: 'bad_request',
	401: 'unauthorized',
	403: 'forbidden',
	404: 'not_found',
	422: 'validation_error',
	429: 'rate_limited',
	500: 'server_error',
};

/** The documented envelope of an error. */
export interface ErrorBody {
	error: { code: string; message: string; status: number };
}

/** An error that the API returns in its documented envelope. */
export class ApiError extends Error {
	constructor(
		readonly status: number,
		message: string,
		/** Whole seconds, for the Retry-After header. */
		readonly retryAfter?: number,
	) {
		super(message);
	}

	/** Fastify and its plugins read the status from this property. */
	get statusCode(): number {
		return this.status;
	}
}

/** Returns the documented error code of a status, or a general one for an undocumented status. */
export function errorCodeOf(status: number): string {
	return CODES[status] ?? (status >= 500 ? 'server_error' : 'bad_request');
}

/** Creates the body of an error response. */
export function createErrorBody(
	status: number,
	message: string,
	code = errorCodeOf(status),
): ErrorBody {
	return { error: { code, message, status } };
}

/** Returns a message that names the invalid field, e.g. `body must NOT have additional properties: "foo"`. */
function validationMessage({ validation, validationContext, message }: FastifyError): string {
	const [first] = validation ?? [];
	if (!first) return message;
	const name = first.params['additionalProperty'];
	const where = `${validationContext ?? ''}${first.instancePath}`;
	return `${where} ${first.message ?? 'is invalid'}${name === undefined ? '' : `: "${String(name)}"`}`;
}

/**
 * Converts anything thrown by a request to the error of its response. Requests that the contract or Fastify
 * refuses become a 400. Any other error is a defect of the sandbox, and becomes a 500 with its message.
 */
export function toApiError(error: unknown): ApiError {
	if (error instanceof ApiError) return error;
	const { validation, statusCode = 500, message } = error as FastifyError;
	if (validation) return new ApiError(400, validationMessage(error as FastifyError));
	return new ApiError(statusCode < 500 ? 400 : 500, message);
}

/** Sends an error response for anything that was thrown. */
export function sendError(error: unknown, reply: FastifyReply): FastifyReply {
	const { status, message, retryAfter } = toApiError(error);
	if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
	return reply.code(status).send(createErrorBody(status, message));
}
