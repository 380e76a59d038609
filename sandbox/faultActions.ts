import type { FastifyReply } from 'fastify';
import { errorBody, JSON_TYPE } from './errors';
import type { FaultAction } from './faults';

const HTML_TYPE = 'text/html; charset=utf-8';
const HTML_PAGE = '<!doctype html><html><body><h1>Sedang dalam perbaikan</h1></body></html>';

/** Acts before the request is handled; answers whether that ended the request. */
export function actBeforeHandling(fault: FaultAction, reply: FastifyReply): boolean {
	switch (fault.kind) {
		case 'dropBefore':
			reply.hijack();
			reply.raw.destroy();
			return true;
		case 'status': {
			const { status, code, message = `Injected fault: ${status}`, retryAfter } = fault;
			if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
			// As text, since the contract knows nothing of most statuses that are worth injecting.
			reply
				.code(status)
				.type(JSON_TYPE)
				.send(JSON.stringify(errorBody(status, message, code)));
			return true;
		}
		default:
			return false;
	}
}

/** What goes out in place of the handler's answer: the payload, with status and headers set on the reply. */
export function payloadAfterHandling(
	fault: FaultAction,
	reply: FastifyReply,
	payload: unknown,
): unknown {
	switch (fault.kind) {
		case 'statusAfterStore':
			reply.code(fault.status).type(JSON_TYPE);
			return JSON.stringify(errorBody(fault.status, `Injected fault: ${fault.status}`));
		case 'notJson':
			reply.code(fault.status ?? 200).type(fault.contentType ?? HTML_TYPE);
			return fault.body ?? HTML_PAGE;
		case 'body':
			reply
				.code(fault.status ?? (reply.statusCode === 204 ? 200 : reply.statusCode))
				.type(JSON_TYPE);
			return JSON.stringify(fault.body);
		default:
			return payload;
	}
}
