import { errorCode } from '../../../nodes/Sahut/transport/errorCode';
import { CONNECTION_LOST, NOT_CONNECTED } from '../../../nodes/Sahut/transport/outcome';

const errorWith = (fields: object) => Object.assign(new Error('it went wrong'), fields);

describe('the error code', () => {
	it.each<[string, unknown, string]>([
		['an error of Node.js', errorWith({ code: 'ENOTFOUND' }), 'ENOTFOUND'],
		[
			'any error while connecting',
			errorWith({ code: 'EACCES', syscall: 'connect' }),
			NOT_CONNECTED,
		],
		[
			'a route that was lost during the request',
			errorWith({ code: 'EHOSTUNREACH', syscall: 'read' }),
			CONNECTION_LOST,
		],
		[
			'an error of which n8n 1 keeps only the message',
			errorWith({ message: 'read ENETUNREACH', httpCode: 'ENETUNREACH' }),
			CONNECTION_LOST,
		],
		['a server without TLS', errorWith({ code: 'EPROTO', syscall: 'write' }), 'EPROTO'],
		[
			'TLS that failed during the request',
			errorWith({ code: 'EPROTO', syscall: 'read' }),
			CONNECTION_LOST,
		],
		[
			'an error that axios wraps',
			errorWith({ code: 'ERR_NETWORK', cause: errorWith({ code: 'EPROTO' }) }),
			'EPROTO',
		],
		['an error of axios itself', errorWith({ code: 'ECONNABORTED' }), 'ECONNABORTED'],
		[
			'an error that n8n 2 wraps',
			errorWith({ cause: errorWith({ cause: errorWith({ code: 'ENOTFOUND' }) }) }),
			'ENOTFOUND',
		],
		[
			'an error whose code n8n 1 stores in httpCode',
			errorWith({ httpCode: 'ECONNREFUSED' }),
			'ECONNREFUSED',
		],
		['an HTTP response', errorWith({ httpCode: '502' }), ''],
		[
			'a failed connection to several addresses',
			errorWith({
				code: 'ETIMEDOUT',
				errors: [errorWith({ code: 'ETIMEDOUT', syscall: 'connect' })],
			}),
			NOT_CONNECTED,
		],
		[
			'a time-out while connecting',
			errorWith({ code: 'ETIMEDOUT', syscall: 'connect' }),
			NOT_CONNECTED,
		],
		['a time-out while waiting for the response', errorWith({ code: 'ETIMEDOUT' }), 'ETIMEDOUT'],
		[
			'a connection that was closed during the TLS handshake',
			errorWith({
				code: 'ECONNRESET',
				message: 'Client network socket disconnected before secure TLS connection was established',
			}),
			NOT_CONNECTED,
		],
		['a connection that was closed', errorWith({ code: 'ECONNRESET' }), 'ECONNRESET'],
		['undefined', undefined, ''],
	])('of %s is determined', (_, error, expected) => {
		expect(errorCode(error)).toBe(expected);
	});
});
