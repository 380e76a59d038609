import fc from 'fast-check';
import { PhoneNumberFormat, PhoneNumberType, PhoneNumberUtil } from 'google-libphonenumber';

import { cleanText } from '../../../nodes/Sahut/values/cleanText';
import { isSamePhone, normalizePhone } from '../../../nodes/Sahut/values/phoneNumber';
import { ACCEPTED, REJECTED } from '../../support/phoneNumbers';

const library = PhoneNumberUtil.getInstance();

/** What Google's library makes of a number that was written in Indonesia. */
function byLibrary(text: string): { e164: string; isValid: boolean } {
	const number = library.parse(text, 'ID');
	return {
		e164: library.format(number, PhoneNumberFormat.E164),
		isValid: library.isValidNumber(number),
	};
}

it.each(ACCEPTED)('normalizes %j to %s', (text, expected) => {
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

it.each(REJECTED)('rejects %j', (text) => {
	expect(() => normalizePhone(text)).toThrow(/is not a phone number|is empty/);
});

it.each([
	['415305991', '41'],
	['481564055', '48'],
])('accepts %j with the country code %s only with + or 0 before it', (text, countryCode) => {
	expect(() => normalizePhone(text, countryCode)).toThrow('is not a phone number');
	expect(normalizePhone(`+${text}`, countryCode)).toBe(`+${text}`);
	expect(normalizePhone(`0${text}`, countryCode)).toBe(`+${countryCode}${text}`);
});

it.each([
	['5551234 5551235', '1'],
	['06581234567', '65'],
	['0652-3456 0652-3457', '65'],
])('rejects %j with the country code %s', (text, countryCode) => {
	expect(() => normalizePhone(text, countryCode)).toThrow('is not a phone number');
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

/** What people put between the groups of a number, and what nobody sees. */
const separator = fc.constantFrom(' ', '-', '.', '\u00a0', '\u2011', ' - ', '\u200b-', '\u3164 ');

/** Cuts of a mobile number into groups of 2 to 6 digits, in any way. */
const groupSizes = fc.array(fc.integer({ min: 2, max: 6 }), { minLength: 8, maxLength: 8 });

/** What is added around a number. */
const wrapper = fc.constantFrom<(text: string) => string>(
	(text) => text,
	(text) => ` ${text}\n`,
	(text) => `'${text}`,
	(text) => `\u2068${text}\u2069`,
	(text) => text.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)),
	(text) => [...text].join('\u00ad'),
	(text) => `tel:${text}`,
);

const prefix = fc.constantFrom('0', '+62', '62', '0062', '+62 ', '(+62)', '+62 0');

/** Cuts digits into groups of these sizes; the last one takes what is left. */
function cut(digits: string, sizes: number[]): string[] {
	const groups: string[] = [];
	let rest = digits;
	for (const size of sizes) {
		if (rest.length <= size) break;
		groups.push(rest.slice(0, size));
		rest = rest.slice(size);
	}
	return [...groups, rest];
}

it('reads a mobile number of Indonesia as Google’s library does, in any groups', () => {
	fc.assert(
		fc.property(
			fc.stringMatching(/^8[1-35-9]\d{7,10}$/),
			groupSizes,
			separator,
			prefix,
			wrapper,
			(subscriber, sizes, between, before, wrap) => {
				const { e164, isValid } = byLibrary(`+62${subscriber}`);
				const text = before + cut(subscriber, sizes).join(between);

				// Taken for an amount, or for a count behind a number.
				fc.pre(isValid && !/^\+?\d+\.00?$/.test(text) && !/\s-\s\d{1,2}$/.test(text));

				expect(normalizePhone(wrap(text))).toBe(e164);
			},
		),
		{ numRuns: 2_000 },
	);
});

it('reads a fixed line of Indonesia as Google’s library does, in the usual groups', () => {
	fc.assert(
		fc.property(
			fc.stringMatching(/^[2-79]\d{7,10}$/),
			fc.constantFrom('', ' ', '-'),
			separator,
			prefix,
			wrapper,
			(subscriber, afterArea, between, before, wrap) => {
				const { e164, isValid } = byLibrary(`+62${subscriber}`);
				// 062 and 9 digits may be a number with its country code behind the zero.
				fc.pre(isValid && !/^62\d{9}/.test(subscriber));
				const area = /^(2[124]|31|61)/.test(subscriber) ? 2 : 3;
				const line = subscriber.slice(area);
				const groups = cut(line, [Math.max(line.length - 4, 3)].slice(line.length < 6 ? 1 : 0));
				const text = before + subscriber.slice(0, area) + afterArea + groups.join(between);

				fc.pre(groups.length === 1 || groups[0]!.length <= 4);

				expect(normalizePhone(wrap(text))).toBe(e164);
			},
		),
		{ numRuns: 2_000 },
	);
});

/** A valid number of any country, fixed or mobile. */
const validNumber = fc
	.tuple(
		fc.constantFrom(...library.getSupportedRegions()),
		fc.constantFrom(PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE),
		fc.stringMatching(/^\d{4}$/),
	)
	.map(([region, type, ending]) => {
		const example = library.getExampleNumberForType(region, type);
		if (!example?.getNationalNumber()) return undefined;
		const e164 = library.format(example, PhoneNumberFormat.E164).slice(0, -4) + ending;
		const number = library.parse(e164);
		return library.isValidNumber(number) && e164.length > 8 ? { number, e164 } : undefined;
	})
	.filter((each) => each !== undefined);

it('reads a valid number of any country with its code as this number', () => {
	fc.assert(
		fc.property(validNumber, ({ number, e164 }) => {
			const digits = e164.slice(1);

			const written = [
				e164,
				`00${digits}`,
				`+${digits.replace(/(\d\d)(?=\d)/g, '$1\u00ad')}`,
				library.format(number, PhoneNumberFormat.INTERNATIONAL),
				`tel:${e164}`,
				`whatsapp:${e164}`,
				`https://wa.me/${digits}?text=0812`,
				`https://api.whatsapp.com/send?phone=${digits}`,
				`${digits}@c.us`,
				`${digits}:7@s.whatsapp.net`,
			];

			expect(written.map((text) => normalizePhone(text))).toEqual(written.map(() => e164));
		}),
		{ numRuns: 500 },
	);
});

it('never reads a valid number as another one, whichever the default country is', () => {
	const code = fc.constantFrom('62', '65', '60', '1', '7', '44', '49', '852', '91');
	fc.assert(
		fc.property(validNumber, code, wrapper, ({ e164 }, countryCode, wrap) => {
			let read: string;
			try {
				read = normalizePhone(wrap(e164), countryCode);
			} catch {
				return;
			}

			expect(read).toBe(e164);
		}),
		{ numRuns: 500 },
	);
});

it('adds only the country code, and removes only zeros, a repeated code and decimals', () => {
	const piece = fc.oneof(
		fc.stringMatching(/^(0|62|\+62|8|021|0361)?\d{1,9}$/),
		fc.constantFrom(' ', '-', '.', '(', ')', '/', ',', '\n', ' - ', 'x', '@', ';', '\u200b', '+'),
	);
	fc.assert(
		fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
			const text = pieces.join('');
			let read: string;
			try {
				read = normalizePhone(text);
			} catch {
				return;
			}
			const typed = text
				.trim()
				.replace(/(\d{7,})\.00?$/, '$1')
				.replace(/\D/g, '');

			const rest = [read.slice(1), read.slice(3)].find((digits) => typed.endsWith(digits));

			expect(cleanText(text)).not.toMatch(/[/,\nx@;]/);
			expect(typed.slice(0, typed.length - (rest ?? '').length)).toMatch(
				/^(0|00|0?62|0?620|0062|00620|6262|0?0?62620?)?$/,
			);
			expect(rest).toBeDefined();
		}),
		{ numRuns: 5_000 },
	);
});

it.each(['0812-3456-7890', '\u20660812 34567890', '6281234567890@c.us', 6281234567890])(
	'recognizes the number that Sahut stores as %j',
	(stored) => {
		expect(isSamePhone(stored, '+6281234567890', '62')).toBe(true);
	},
);

it.each(['021-5551234-12', '+6281234567891', '', null, undefined, {}])(
	'does not confuse the number that Sahut stores as %j with another one',
	(stored) => {
		expect(isSamePhone(stored, '+6281234567890', '62')).toBe(false);
		expect(isSamePhone(stored, '+6221555123412', '62')).toBe(false);
	},
);

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

it('converts any text to E.164, or throws an error that explains the problem', () => {
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
