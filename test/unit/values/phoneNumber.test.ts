import fc from 'fast-check';
import { PhoneNumberFormat, PhoneNumberType, PhoneNumberUtil } from 'google-libphonenumber';

import { cleanText } from '../../../nodes/Sahut/values/cleanText';
import { isSamePhone, normalizePhone } from '../../../nodes/Sahut/values/phoneNumber';
import { ACCEPTED_PHONES, REJECTED_PHONES } from '../../support/phoneNumbers';

const E164 = /^\+[1-9]\d{7,14}$/;
const REJECTION = /is not a phone number|is empty/;
/** Google's library has data for more regions than this. */
const MIN_REGIONS = 200;
/** The smallest networks have numbers that are shorter than WhatsApp's. */
const MIN_LENGTH = 9;

const library = PhoneNumberUtil.getInstance();

/** Parses a number from Indonesia with Google's library. */
function parseWithLibrary(text: string): { e164: string; isValid: boolean } {
	const number = library.parse(text, 'ID');
	return {
		e164: library.format(number, PhoneNumberFormat.E164),
		isValid: library.isValidNumber(number),
	};
}

it.each(ACCEPTED_PHONES)('normalizes %j to %s', (text, expected) => {
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
])('normalizes %j with the country code %s to %s', (text, countryCode, expected) => {
	expect(normalizePhone(text, countryCode)).toBe(expected);
});

it.each(REJECTED_PHONES)('rejects %j', (text) => {
	expect(() => normalizePhone(text)).toThrow(REJECTION);
});

it.each([
	['415305991', '41'],
	['481564055', '48'],
])('accepts %j with the country code %s only after + or 0', (text, countryCode) => {
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
	'reads a mobile number of %s with and without its country code %s as the same number',
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

it.each(['', '  '])('rejects %j as empty', (text) => {
	expect(() => normalizePhone(text)).toThrow('The phone number is empty');
});

it.each(['', 'ID', '0', '1234'])('rejects %j as a country code', (countryCode) => {
	expect(() => normalizePhone('0812 3456 7890', countryCode)).toThrow('is not a country code');
});

/** Separators between the groups of a number, including invisible characters. */
const separator = fc.constantFrom(' ', '-', '.', '\u00a0', '\u2011', ' - ', '\u200b-', '\u3164 ');

/** Sizes of the groups into which a mobile number is split. */
const groupSizes = fc.array(fc.integer({ min: 2, max: 6 }), { minLength: 8, maxLength: 8 });

/** Characters and formats around a number. */
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

/** Splits digits into groups of these sizes; the last group contains the rest. */
function splitDigits(digits: string, sizes: number[]): string[] {
	const groups: string[] = [];
	let rest = digits;
	for (const size of sizes) {
		if (rest.length <= size) break;
		groups.push(rest.slice(0, size));
		rest = rest.slice(size);
	}
	return [...groups, rest];
}

it('reads an Indonesian mobile number in any groups as Google’s library does', () => {
	fc.assert(
		fc.property(
			fc.stringMatching(/^8[1-35-9]\d{7,10}$/),
			groupSizes,
			separator,
			prefix,
			wrapper,
			(subscriber, sizes, between, before, wrap) => {
				const { e164, isValid } = parseWithLibrary(`+62${subscriber}`);
				const text = before + splitDigits(subscriber, sizes).join(between);

				// These look like an amount, or like a number and a count.
				fc.pre(isValid && !/^\+?\d+\.00?$/.test(text) && !/\s-\s\d{1,2}$/.test(text));

				expect(normalizePhone(wrap(text))).toBe(e164);
			},
		),
		{ numRuns: 2_000 },
	);
});

it('reads an Indonesian landline number in the usual groups as Google’s library does', () => {
	fc.assert(
		fc.property(
			fc.stringMatching(/^[2-79]\d{7,10}$/),
			fc.constantFrom('', ' ', '-'),
			separator,
			prefix,
			wrapper,
			(subscriber, afterArea, between, before, wrap) => {
				const { e164, isValid } = parseWithLibrary(`+62${subscriber}`);
				// 062 and 9 digits can be a number with its country code after a zero.
				fc.pre(isValid && !/^62\d{9}/.test(subscriber));
				const area = /^(2[124]|31|61)/.test(subscriber) ? 2 : 3;
				const line = subscriber.slice(area);
				const groups = splitDigits(
					line,
					[Math.max(line.length - 4, 3)].slice(line.length < 6 ? 1 : 0),
				);
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
		return library.isValidNumber(number) && e164.length >= MIN_LENGTH
			? { number, e164 }
			: undefined;
	})
	.filter((each) => each !== undefined);

it('reads a valid number of any country in any format with its country code', () => {
	fc.assert(
		fc.property(validNumber, ({ number, e164 }) => {
			const digits = e164.slice(1);

			const formats = [
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

			expect(formats.map((text) => normalizePhone(text))).toEqual(formats.map(() => e164));
		}),
		{ numRuns: 500 },
	);
});

it('reads a valid number with + as this number, for any default country', () => {
	const code = fc.constantFrom('62', '65', '60', '1', '7', '44', '49', '852', '91');
	fc.assert(
		fc.property(validNumber, code, wrapper, ({ e164 }, countryCode, wrap) => {
			expect(normalizePhone(wrap(e164), countryCode)).toBe(e164);
		}),
		{ numRuns: 500 },
	);
});

/** Returns the number, or undefined if it is rejected. */
function normalizeIfPossible(text: string): string | undefined {
	try {
		return normalizePhone(text);
	} catch {
		return undefined;
	}
}

it('adds only the country code, and removes only zeros, a repeated country code and decimals', () => {
	const piece = fc.oneof(
		fc.stringMatching(/^(0|62|\+62|8|021|0361)?\d{1,9}$/),
		fc.constantFrom(' ', '-', '.', '(', ')', '/', ',', '\n', ' - ', 'x', '@', ';', '\u200b', '+'),
	);
	fc.assert(
		fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
			const text = pieces.join('');
			const read = normalizeIfPossible(text);
			fc.pre(read !== undefined);
			const typed = text
				.trim()
				.replace(/(\d{7,})\.00?$/, '$1')
				.replace(/\D/g, '');

			const kept = [read.slice(1), read.slice(3)].find((digits) => typed.endsWith(digits));

			expect(cleanText(text)).not.toMatch(/[/,\nx@;]/);
			expect(typed.slice(0, typed.length - (kept ?? '').length)).toMatch(
				/^(0|00|0?62|0?620|0062|00620|6262|0?0?62620?)?$/,
			);
			expect(kept).toBeDefined();
		}),
		{ numRuns: 1_000 },
	);
});

it.each(['0812-3456-7890', '\u20660812 34567890', '6281234567890@c.us', 6281234567890])(
	'recognizes the number that Sahut stores as %j',
	(stored) => {
		expect(isSamePhone(stored, '+6281234567890', '62')).toBe(true);
	},
);

it.each(['021-5551234-12', '+6281234567891', '', null, undefined, {}])(
	'does not confuse the value %j, which Sahut stores, with another number',
	(stored) => {
		expect(isSamePhone(stored, '+6281234567890', '62')).toBe(false);
		expect(isSamePhone(stored, '+6221555123412', '62')).toBe(false);
	},
);

it('reads the example number of every country with + as Google’s library does', () => {
	const regions = library.getSupportedRegions();

	expect(regions.length).toBeGreaterThan(MIN_REGIONS);
	for (const region of regions) {
		const number = library.getExampleNumber(region);
		const e164 = library.format(number, PhoneNumberFormat.E164);
		const international = library.format(number, PhoneNumberFormat.INTERNATIONAL);
		if (e164.length < MIN_LENGTH) continue;
		expect([region, normalizePhone(international)]).toEqual([region, e164]);
	}
});

it('converts any text to E.164, or throws an error that explains the problem', () => {
	const texts = fc.oneof(
		fc.string(),
		fc.stringMatching(/^[+0-9 ().-]{0,20}$/),
		fc.stringMatching(/^(0|\+62)8[0-9]{7,10}$/),
	);
	let accepted = 0;
	let rejected = 0;

	fc.assert(
		fc.property(texts, (text) => {
			const number = normalizeIfPossible(text);

			if (number === undefined) {
				rejected++;
				expect(() => normalizePhone(text)).toThrow(REJECTION);
			} else {
				accepted++;
				expect(number).toMatch(E164);
			}
		}),
		{ numRuns: 2_000 },
	);

	expect(accepted).toBeGreaterThan(0);
	expect(rejected).toBeGreaterThan(0);
});
