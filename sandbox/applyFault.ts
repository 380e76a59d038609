import type { FastifyReply } from 'fastify';
import { createErrorBody, JSON_CONTENT_TYPE } from './errors';
import type { FaultAction } from './faults';

const HTML_TYPE = 'text/html; charset=utf-8';
const HTML_PAGE = '<!doctype html><html><body><h1>Sedang dalam perbaikan</h1></body></html>';

/** Applies a fault before the request is handled. @returns whether the fault ended the request */
export function applyFaultToRequest(fault: FaultAction, reply: FastifyReply): boolean {
	switch (fault.kind) {
		case 'dropBefore':
			reply.hijack();
			reply.raw.destroy();
			return true;
		case 'status': {
			const { status, code, message = `Injected fault: ${status}`, retryAfter } = fault;
			if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
			// Sent as text, since the contract does not document most of the injected statuses.
			reply
				.code(status)
				.type(JSON_CONTENT_TYPE)
				.send(JSON.stringify(createErrorBody(status, message, code)));
			return true;
		}
		default:
			return false;
	}
}

/** Applies a fault to the response of the handler. Sets status and headers. @returns the payload to send */
export function applyFaultToResponse(
	fault: FaultAction,
	reply: FastifyReply,
	payload: unknown,
): unknown {
	switch (fault.kind) {
		case 'statusAfterStore':
			reply.code(fault.status).type(JSON_CONTENT_TYPE);
			return JSON.stringify(createErrorBody(fault.status, `Injected fault: ${fault.status}`));
		case 'notJson':
			reply.code(fault.status ?? 200).type(fault.contentType ?? HTML_TYPE);
			return fault.body ?? HTML_PAGE;
		case 'body':
			reply
				.code(fault.status ?? (reply.statusCode === 204 ? 200 : reply.statusCode))
				.type(JSON_CONTENT_TYPE);
			return JSON.stringify(fault.body);
		default:
			return payload;
	}
}
