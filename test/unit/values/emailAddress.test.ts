import { emailKey, normalizeEmail } from '../../../nodes/Sahut/values/emailAddress';

const BUDI = 'budi@example.com';

it.each([
	BUDI,
	' budi@example.com\n',
	'\u3164budi\u200b@exam\u00adple.com\ufeff',
	'\u2068budi@example.com\u2069',
	'ｂｕｄｉ＠ｅｘａｍｐｌｅ．ｃｏｍ',
	'mailto:budi@example.com',
	'MAILTO: budi@example.com?subject=Halo&body=a@b.id',
	'<budi@example.com>',
	'<mailto:budi@example.com>',
])('reads the email address in %j', (text) => {
	expect(normalizeEmail(text)).toBe(BUDI);
});

it.each(['Budi@Example.com', 'a?b@example.com', "o'brien@example.com", 'ﬁona@例え.jp'])(
	'does not change the email address %s',
	(text) => {
		expect(normalizeEmail(text)).toBe(text);
	},
);

it.each([
	'budi',
	'budi@example',
	'budi @example.com',
	'Budi <budi@example.com>',
	'a@b.id, c@d.id',
	'a@b.id;c@d.id',
	'a@b.id c@d.id',
	'a@b.id\nc@d.id',
	'mailto:a@b.id,c@d.id',
	'bu\ud800di@example.com',
	'budi@exa\udc00mple.com',
	'budi@example.c\ud83d',
])('rejects %j as an invalid email address', (text) => {
	expect(() => normalizeEmail(text)).toThrow('is not an email address');
});

it.each(['', ' ', '\u200b\u3164', 'mailto:', '<>'])('rejects %j as empty', (text) => {
	expect(() => normalizeEmail(text)).toThrow('The email address is empty');
});

it('ignores case, whitespace and invisible characters when it compares email addresses', () => {
	expect(emailKey('\u200bBudi@Example.com ')).toBe(emailKey('budi@example.com'));
	expect(emailKey('budi@example.com')).not.toBe(emailKey('budi@example.co'));
});
