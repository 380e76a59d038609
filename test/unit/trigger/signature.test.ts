import { isSignatureValid } from '../../../nodes/Sahut/trigger/signature';

/** RFC 4231, test case 2. */
const SECRET = 'Jefe';
const BODY = Buffer.from('what do ya want for nothing?');
const HEX = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
const BASE64 = 'W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=';

describe('the signature of a delivery', () => {
	it.each([HEX, HEX.toUpperCase(), `sha256=${HEX}`, `SHA256=${HEX.toUpperCase()}`, BASE64])(
		'is valid as %s',
		(header) => {
			expect(isSignatureValid(BODY, header, SECRET)).toBe(true);
		},
	);

	it.each<[string, unknown]>([
		['missing', undefined],
		['empty', ''],
		['a list', [HEX]],
		['too short', HEX.slice(2)],
		['too long', `${HEX}00`],
		['of an odd number of hex digits', HEX.slice(1)],
		['that of another body', HEX.replace(/^5/, '6')],
		['hex with an invalid digit', HEX.replace(/^5/, 'g')],
		['after another prefix', `sha1=${HEX}`],
		['preceded by whitespace', ` ${HEX}`],
		['a list of signatures', `${HEX},${HEX}`],
		['base64 of another signature', BASE64.replace(/^W/, 'X')],
		['base64 without padding', BASE64.slice(0, -1)],
		['base64url', BASE64.replaceAll('+', '-').replaceAll('/', '_').slice(0, -1)],
		['base64 after a prefix', `sha256=${BASE64}`],
	])('is invalid if it is %s', (_, header) => {
		expect(isSignatureValid(BODY, header, SECRET)).toBe(false);
	});

	it.each<[string, Buffer | undefined, unknown]>([
		['the body differs', Buffer.from('what do ya want for nothing!'), SECRET],
		['there is no body', undefined, SECRET],
		['the secret differs', BODY, 'jefe'],
		['the secret is empty', BODY, ''],
		['there is no secret', BODY, undefined],
		['the secret is not a text', BODY, { toString: () => SECRET }],
	])('is invalid if %s', (_, body, secret) => {
		expect(isSignatureValid(body, HEX, secret)).toBe(false);
	});
});
