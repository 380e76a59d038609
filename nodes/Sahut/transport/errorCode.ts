import { CONNECT_TIMED_OUT } from './outcome';

/** Node's codes; `ERR_…` of axios says less than what caused it, and a number is an HTTP status. */
const isCode = (code: unknown): code is string =>
	typeof code === 'string' && /^[A-Z][A-Z_\d]*$/.test(code);

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
	if (code === 'ETIMEDOUT' && syscall === 'connect') return CONNECT_TIMED_OUT;
	if (code === 'ECONNRESET' && String(message).includes(BEFORE_TLS)) return CONNECT_TIMED_OUT;
	const ofCause = cause ? errorCode(cause) : '';
	return ofCause || [code, httpCode].find(isCode) || '';
}
