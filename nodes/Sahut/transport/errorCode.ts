import { CONNECTION_LOST, NOT_CONNECTED } from './outcome';

/** Whether a value is an error code of Node or axios. A number is an HTTP status. */
const isCode = (code: unknown): code is string =>
	typeof code === 'string' && /^[A-Z][A-Z_\d]*$/.test(code);

/** The failed system call and its code, in an error message. n8n 1.x keeps only the message. */
const SYSTEM_CALL = /^(connect|getaddrinfo|read|write) (E[A-Z_]+)/;
const CONNECT_CALLS = new Set(['connect', 'getaddrinfo']);
const TRANSFER_CALLS = new Set(['read', 'write']);

/** Node's error if the server does not respond to the TLS handshake with TLS. */
const NO_TLS = 'write EPROTO';

/** Node's message if a connection was lost before the TLS handshake. The code is the usual one. */
const BEFORE_TLS = 'before secure TLS connection was established';

/**
 * Returns the code of the error that caused a failed request, or `''` if there is none. n8n wraps errors of
 * axios, which wraps errors of Node: the cause is more specific. n8n 1.x copies the code to `httpCode` and
 * drops the cause.
 */
export function errorCode(error: unknown): string {
	const { code, httpCode, cause, errors, syscall, message } = Object(error) as Record<
		string,
		unknown
	>;
	// One error for each address of the host name.
	if (Array.isArray(errors) && errors.length > 0) return errorCode(errors[0]);
	const causeCode = cause ? errorCode(cause) : '';
	if (causeCode) return causeCode;
	const [, messageCall, messageCode] = SYSTEM_CALL.exec(String(message)) ?? [];
	const systemCall = String(syscall ?? messageCall);
	if (CONNECT_CALLS.has(systemCall) || String(message).includes(BEFORE_TLS)) return NOT_CONNECTED;
	const ownCode = [code, httpCode, messageCode].find(isCode) ?? '';
	// `EHOSTUNREACH` and others can also occur on an established connection.
	const isLost = TRANSFER_CALLS.has(systemCall) && `${systemCall} ${ownCode}` !== NO_TLS;
	return isLost ? CONNECTION_LOST : ownCode;
}
