import { CONNECTION_LOST, NOT_CONNECTED } from './outcome';

/** Node's codes; `ERR_…` of axios says less than what caused it, and a number is an HTTP status. */
const isCode = (code: unknown): code is string =>
	typeof code === 'string' && /^[A-Z][A-Z_\d]*$/.test(code);

/** What Node was at when it failed, and its code; n8n 1.x keeps no more than the message. */
const SYSTEM_CALL = /^(connect|getaddrinfo|read|write) (E[A-Z_]+)/;
const CONNECTING = new Set(['connect', 'getaddrinfo']);
const TALKING = new Set(['read', 'write']);

/** What Node says when the other side answers the first words of TLS with something else. */
const NO_TLS = 'write EPROTO';

/** Node says this where a connection broke off before it was secured; the code is that of any other. */
const BEFORE_TLS = 'before secure TLS connection was established';

/**
 * Node's code of an error or of what caused it: n8n wraps axios' errors, axios wraps Node's. n8n 1.x
 * keeps it in `httpCode`, and nothing of the cause.
 */
export function errorCode(error: unknown): string {
	const { code, httpCode, cause, errors, syscall, message } = Object(error) as Record<
		string,
		unknown
	>;
	// The tries of several addresses of one name.
	if (Array.isArray(errors) && errors.length > 0) return errorCode(errors[0]);
	const ofCause = cause ? errorCode(cause) : '';
	if (ofCause) return ofCause;
	const [, call, itsCode] = SYSTEM_CALL.exec(String(message)) ?? [];
	const during = String(syscall ?? call);
	if (CONNECTING.has(during) || String(message).includes(BEFORE_TLS)) return NOT_CONNECTED;
	const own = [code, httpCode, itsCode].find(isCode) ?? '';
	// A connection that was made can lose its route as well.
	return TALKING.has(during) && `${during} ${own}` !== NO_TLS ? CONNECTION_LOST : own;
}
