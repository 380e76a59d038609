import { errorCode } from '../../../nodes/Sahut/transport/errorCode';
import { CONNECTION_LOST, NOT_CONNECTED } from '../../../nodes/Sahut/transport/outcome';

const node = (fields: object) => Object.assign(new Error('it went wrong'), fields);

describe('the code of an error', () => {
	it.each<[string, unknown, string]>([
		['of Node', node({ code: 'ENOTFOUND' }), 'ENOTFOUND'],
		['of any way not to connect', node({ code: 'EACCES', syscall: 'connect' }), NOT_CONNECTED],
		[
			'of a route that was lost while talking',
			node({ code: 'EHOSTUNREACH', syscall: 'read' }),
			CONNECTION_LOST,
		],
		[
			'of which n8n 1 keeps the message',
			node({ message: 'read ENETUNREACH', httpCode: 'ENETUNREACH' }),
			CONNECTION_LOST,
		],
		['of no TLS', node({ code: 'EPROTO', syscall: 'write' }), 'EPROTO'],
		['of TLS that broke while talking', node({ code: 'EPROTO', syscall: 'read' }), CONNECTION_LOST],
		['that axios wraps', node({ code: 'ERR_NETWORK', cause: node({ code: 'EPROTO' }) }), 'EPROTO'],
		['of axios alone', node({ code: 'ECONNABORTED' }), 'ECONNABORTED'],
		[
			'that n8n 2 wraps',
			node({ cause: node({ cause: node({ code: 'ENOTFOUND' }) }) }),
			'ENOTFOUND',
		],
		['that n8n 1 keeps elsewhere', node({ httpCode: 'ECONNREFUSED' }), 'ECONNREFUSED'],
		['of an answer', node({ httpCode: '502' }), ''],
		[
			'of several addresses',
			node({ code: 'ETIMEDOUT', errors: [node({ code: 'ETIMEDOUT', syscall: 'connect' })] }),
			NOT_CONNECTED,
		],
		['of no connection in time', node({ code: 'ETIMEDOUT', syscall: 'connect' }), NOT_CONNECTED],
		['of no answer in time', node({ code: 'ETIMEDOUT' }), 'ETIMEDOUT'],
		[
			'of a connection that broke off before it was secured',
			node({
				code: 'ECONNRESET',
				message: 'Client network socket disconnected before secure TLS connection was established',
			}),
			NOT_CONNECTED,
		],
		['of a connection that broke off', node({ code: 'ECONNRESET' }), 'ECONNRESET'],
		['that is none', undefined, ''],
	])('%s', (_, error, expected) => {
		expect(errorCode(error)).toBe(expected);
	});
});
