import fc from 'fast-check';
import { PhoneNumberFormat, PhoneNumberType, PhoneNumberUtil } from 'google-libphonenumber';

import { normalizePhone } from '../../../nodes/Sahut/values/phoneNumber';

const library = PhoneNumberUtil.getInstance();

/** What Google's library makes of a number that was written in Indonesia. */
function byLibrary(text: string): { e164: string; isValid: boolean } {
	const number = library.parse(text, 'ID');
	return {
		e164: library.format(number, PhoneNumberFormat.E164),
		isValid: library.isValidNumber(number),
	};
}

it.each([
	['0812-3456-7890', '+6281234567890'],
	['6281234567890', '+6281234567890'],
	['+62 812-3456-7890', '+6281234567890'],
	['(0812) 3456 7890', '+6281234567890'],
	['0812 3456 789-0', '+6281234567890'],
	['(+62) 812 3456 7890', '+6281234567890'],
	['0062 812 3456 7890', '+6281234567890'],
	['+62 0812 3456 7890', '+6281234567890'],
	['62 0812 3456 7890', '+6281234567890'],
	['81234567890', '+6281234567890'],
	['6281234567890.0', '+6281234567890'],
	['6281234567890.00', '+6281234567890'],
	['+6281234567890.0', '+6281234567890'],
	['+62811123456.0', '+62811123456'],
	['811123456.0', '+62811123456'],
	['811123456.00', '+62811123456'],
	['08123456.000', '+628123456000'],
	['\u202a+62\u00a0812\u20113456\u20117890\u202c', '+6281234567890'],
	['(021) 555-1234', '+62215551234'],
	['+65 8123 4567', '+6581234567'],
	['0065 8123 4567', '+6581234567'],
	['+1 (415) 555-2671', '+14155552671'],
	['+44 (0)20 7946 0000', '+442079460000'],
	['+44 ( 0 )20 7946 0958', '+442079460958'],
	['(+44) (0) 20 7946 0000', '+442079460000'],
	['0060 (0)12-345 6789', '+60123456789'],
	['+62 (0)812 3456 7890', '+6281234567890'],
	['+39 (0)6 1234 5678', '+390612345678'],
])('%j is %s', (text, expected) => {
	expect(normalizePhone(text)).toBe(expected);
});

it.each([
	['08123 456', '60', '+608123456'],
	['4155552671', '1', '+14155552671'],
	['07700 900123', '+44', '+447700900123'],
	['8123 4567', '0065', '+6581234567'],
	['6512 3456', '65', '+6565123456'],
	['6581234567', '65', '+6581234567'],
	['661234567', '66', '+66661234567'],
	['9123456789', '91', '+919123456789'],
	['55 99123-4567', '55', '+5555991234567'],
	['44 (0)20 7946 0958', '44', '+442079460958'],
])('%j with the country code %s is %s', (text, countryCode, expected) => {
	expect(normalizePhone(text, countryCode)).toBe(expected);
});

it.each([
	'Budi',
	'0812-3456-7890 ext. 3',
	'0812 3456 7890, 0813 1111 2222',
	'081234567890/91',
	'6.28123E+11',
	'12345',
	'0812',
	'0812-3456-789 (2)',
	'0812 3456 789 (0)',
	'0812 3456 789 - 1',
	'0812-3456-789 - 12',
	'021-5551234 (101)',
	'6581234567',
	'+0812345678',
	'0000000000',
	'++6281234567890',
	'62+81234567890',
	'+628123456789012345',
	'08123456789012',
	'-',
])('%j is refused', (text) => {
	expect(() => normalizePhone(text)).toThrow(/is not a phone number|is empty/);
});

it.each([
	['415305991', '41'],
	['481564055', '48'],
])('%j with the country code %s may have its code or not', (text, countryCode) => {
	expect(() => normalizePhone(text, countryCode)).toThrow('is not a phone number');
	expect(normalizePhone(`+${text}`, countryCode)).toBe(`+${text}`);
	expect(normalizePhone(`0${text}`, countryCode)).toBe(`+${countryCode}${text}`);
});

it.each([
	['MY', '60'],
	['SG', '65'],
	['TH', '66'],
	['VN', '84'],
	['IN', '91'],
	['HK', '852'],
])(
	'a mobile number of %s, with or without its country code, is never another number',
	(region, code) => {
		const digits = fc.stringMatching(new RegExp(`^(${code}|[1-9]\\d)\\d{5,9}$`));
		fc.assert(
			fc.property(digits, (national) => {
				const number = library.parse(`+${code}${national}`, region);
				fc.pre(library.getNumberType(number) === PhoneNumberType.MOBILE);
				const e164 = library.format(number, PhoneNumberFormat.E164);
				expect([national, `${code}${national}`].map((text) => normalizePhone(text, code))).toEqual([
					e164,
					e164,
				]);
			}),
			{ numRuns: 50, maxSkipsPerRun: 10_000 },
		);
	},
);

it.each(['', '  '])('%j is empty', (text) => {
	expect(() => normalizePhone(text)).toThrow('The phone number is empty');
});

it.each(['', 'ID', '0', '1234'])('%j is no country code', (countryCode) => {
	expect(() => normalizePhone('0812 3456 7890', countryCode)).toThrow('is not a country code');
});

/** Digits in groups, with what people put between them. */
function written(digits: string, separators: string[]): string {
	let at = 0;
	return [...digits]
		.map((digit) => digit + (at++ % 4 === 3 ? separators[at % separators.length]! : ''))
		.join('')
		.replace(/[^\d]+$/, '');
}

const separators = fc.array(fc.constantFrom('', ' ', '-', '.', '\u00a0', ' - '), {
	minLength: 1,
	maxLength: 3,
});

const prefix = fc.constantFrom('0', '+62', '0062', '+62 ', '(+62)', '+62 0');

it('what is valid in Indonesia becomes what Google’s library makes of it', () => {
	fc.assert(
		fc.property(
			fc.stringMatching(/^(8[1-35-9]\d{7,10}|[2-7]\d{7,10})$/),
			separators,
			prefix,
			(subscriber, between, before) => {
				const { e164, isValid } = byLibrary(`+62${subscriber}`);
				const text = before + written(subscriber, between);
				// Taken for an amount, as spreadsheets write it.
				fc.pre(isValid && !/^\+?\d+\.00?$/.test(text) && !/ - ?\d{1,2}$/.test(text));
				expect(normalizePhone(text)).toBe(e164);
			},
		),
		{ numRuns: 1_000 },
	);
});

it('valid examples of every country, with +, become what Google’s library makes of them', () => {
	const regions = library.getSupportedRegions();
	expect(regions.length).toBeGreaterThan(200);
	for (const region of regions) {
		const number = library.getExampleNumber(region);
		const e164 = library.format(number, PhoneNumberFormat.E164);
		const shown = library.format(number, PhoneNumberFormat.INTERNATIONAL);
		// A few of the smallest networks have numbers that are shorter than WhatsApp's.
		if (e164.length <= 8) continue;
		expect([region, normalizePhone(shown)]).toEqual([region, e164]);
	}
});

it('whatever the text: E.164, or an error that says what is wrong', () => {
	fc.assert(
		fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[+0-9 ().-]{0,20}$/)), (text) => {
			try {
				expect(normalizePhone(text)).toMatch(/^\+[1-9]\d{7,14}$/);
			} catch (error) {
				expect((error as Error).message).toMatch(/is not a phone number|is empty/);
			}
		}),
		{ numRuns: 2_000 },
	);
});
