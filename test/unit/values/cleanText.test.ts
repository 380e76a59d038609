import { cleanText, isBlank } from '../../../nodes/Sahut/values/cleanText';

/** A pattern with exponential backtracking would take far longer. */
const MAX_DURATION_MS = 1_000;

/** Zero-width space, isolates, soft hyphen, variation selector, Hangul filler, byte order mark, Braille blank. */
const INVISIBLE = [
	'\u200b',
	'\u2066\u2069',
	'\u00ad',
	'\ufe0f',
	'\u3164',
	'\ufeff',
	'\u2800',
	'\0',
];

it.each(INVISIBLE)('removes the invisible character %j from an identifier', (character) => {
	expect(cleanText(`${character} conv${character}_1 ${character}`)).toBe('conv_1');
});

it('trims a text, but leaves whitespace inside it', () => {
	expect(cleanText(' 0812 3456\t7890\n')).toBe('0812 3456\t7890');
});

it.each([...INVISIBLE, '', ' \n\t\u00a0\u3000', INVISIBLE.join(' ')])(
	'reports that %j is blank',
	(text) => {
		expect(isBlank(text)).toBe(true);
	},
);

it.each(['.', '❤️', '\u200b.', '0'])('reports that %j is not blank', (text) => {
	expect(isBlank(text)).toBe(false);
});

it('checks a text after many line breaks in linear time', () => {
	const text = `${'\n\t'.repeat(14)}Halo`;
	const startedAt = performance.now();

	const result = isBlank(text);

	expect(result).toBe(false);
	expect(performance.now() - startedAt).toBeLessThan(MAX_DURATION_MS);
});
