import { isGenuine } from '../../../nodes/Sahut/trigger/signature';

/** RFC 4231, test case 2, and its base64. */
const SECRET = 'Jefe';
const BODY = Buffer.from('what do ya want for nothing?');
const HEX = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
const BASE64 = 'W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=';

describe('the signature of a delivery', () => {
	it.each([HEX, HEX.toUpperCase(), `sha256=${HEX}`, `SHA256=${HEX.toUpperCase()}`, BASE64])(
		'is genuine as %s',
		(header) => expect(isGenuine(BODY, header, SECRET)).toBe(true),
	);

	it.each<[string, unknown]>([
		['missing', undefined],
		['empty', ''],
		['no text', [HEX]],
		['too short', HEX.slice(2)],
		['too long', `${HEX}00`],
		['of half bytes', HEX.slice(1)],
		['another one', HEX.replace(/^5/, '6')],
		['hex with other characters', HEX.replace(/^5/, 'g')],
		['behind another prefix', `sha1=${HEX}`],
		['with white space', ` ${HEX}`],
		['several', `${HEX},${HEX}`],
		['base64 of another signature', BASE64.replace(/^W/, 'X')],
		['base64 without its end', BASE64.slice(0, -1)],
		['base64url', BASE64.replaceAll('+', '-').replaceAll('/', '_').slice(0, -1)],
		['base64 behind a prefix', `sha256=${BASE64}`],
	])('is refused when it is %s', (_, header) => {
		expect(isGenuine(BODY, header, SECRET)).toBe(false);
	});

	it.each<[string, Buffer | undefined, unknown]>([
		['the body is another one', Buffer.from('what do ya want for nothing!'), SECRET],
		['there is no body', undefined, SECRET],
		['the secret is another one', BODY, 'jefe'],
		['the secret is empty', BODY, ''],
		['there is no secret', BODY, undefined],
		['the secret is no text', BODY, { toString: () => SECRET }],
	])('is refused when %s', (_, body, secret) => {
		expect(isGenuine(body, HEX, secret)).toBe(false);
	});
});
