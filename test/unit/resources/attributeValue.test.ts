import { toAttributeValue } from '../../../nodes/Sahut/resources/contact/attributeValue';

const TIME_ZONE = 'Asia/Jakarta';
const LABEL = 'Custom attribute "poin"';
const TYPES = ['asGiven', 'text', 'number', 'date', 'checkbox'];

const convert = (value: unknown, type?: unknown) => toAttributeValue(value, type, LABEL, TIME_ZONE);

/** Creates an object with the only method of Luxon that the node uses. */
const toLuxon = (iso: string) => ({ toMillis: () => Date.parse(iso) });

describe('a custom attribute', () => {
	it.each<[unknown, unknown, unknown]>([
		['asGiven', 'Bandung', 'Bandung'],
		['asGiven', ' 08123 ', ' 08123 '],
		['asGiven', 12.5, 12.5],
		['asGiven', 0, 0],
		['asGiven', false, false],
		['asGiven', new Date('2026-11-30T01:30:00Z'), '2026-11-30T01:30:00Z'],
		['asGiven', toLuxon('2026-11-30T08:30:00.5+07:00'), '2026-11-30T01:30:00.500Z'],
		['text', 'Bandung', 'Bandung'],
		['text', 12.5, '12.5'],
		['text', false, 'false'],
		['text', toLuxon('2026-11-30T08:30:00+07:00'), '2026-11-30T01:30:00Z'],
		['number', 12, 12],
		['number', '12', 12],
		['number', ' 12.5\u200b', 12.5],
		['number', '-3', -3],
		['number', '0.125', 0.125],
		['number', '1234.567', 1234.567],
		['date', '2026-11-30', '2026-11-30'],
		['date', ' 2026-11-30 ', '2026-11-30'],
		['date', '2026-11-30T08:30:00+07:00', '2026-11-30T01:30:00Z'],
		['date', '2026-11-30 08:30', '2026-11-30T01:30:00Z'],
		['date', toLuxon('2026-11-30T08:30:00+07:00'), '2026-11-30T01:30:00Z'],
		['date', new Date('2026-11-30T01:30:00Z'), '2026-11-30T01:30:00Z'],
		['checkbox', true, true],
		['checkbox', 'FALSE', false],
		['checkbox', 1, true],
		['checkbox', '0', false],
		['checkbox', ' Ya ', true],
		['checkbox', 'tidak', false],
		['checkbox', 'yes', true],
		['checkbox', 'no', false],
	])('of type %s is sent with the value %p as %p', (type, value, sent) => {
		expect(convert(value, type)).toBe(sent);
	});

	it.each([
		['2026-11-30T00:00:00.000+07:00'],
		[toLuxon('2026-11-30T00:00:00+07:00')],
		[new Date('2026-11-29T17:00:00Z')],
		['2026-11-29T17:00:00Z'],
	])(
		"of type date is sent without a time if its value is midnight in the workflow's time zone: %p",
		(at) => {
			expect(convert(at, 'date')).toBe('2026-11-30');
		},
	);

	it('is sent without half of a truncated emoji', () => {
		expect(convert('Halo 👋'.slice(0, 6))).toBe('Halo ');
	});

	it.each(['asGiven', 'text', 'number'])(
		'of type %s rejects a number above the exact range',
		(type) => {
			expect(() => convert(2 ** 60, type)).toThrow('too large to be an exact number');
			expect(convert(3273012345678901, type)).toEqual(
				type === 'text' ? '3273012345678901' : 3273012345678901,
			);
		},
	);

	it('without a type is sent unchanged, as in workflows from before the field Type existed', () => {
		expect(convert('12')).toBe('12');
		expect(convert(12)).toBe(12);
	});

	it.each(
		TYPES.flatMap((type) =>
			['', ' \n', '\u200b', '\ufeff ', null, undefined].map((value) => [type, value]),
		),
	)('of type %s is not sent if its value is %p', (type, value) => {
		expect(convert(value, type)).toBeUndefined();
	});

	it.each(['Invalid DateTime', '[object Object]', '{{ $json.poin }}', 'NaN', 'undefined'])(
		'rejects %j as a leftover of a failed expression',
		(value) => {
			expect(() => convert(value, 'asGiven')).toThrow(`${LABEL} contains`);
		},
	);

	it.each<[string, unknown, message: string, shown: string, advice: string]>([
		['asGiven', ['a'], 'a single value', 'a list', 'Use an expression'],
		['asGiven', { a: 1 }, 'a single value', 'an object', 'Use an expression'],
		['asGiven', NaN, 'a single value', 'NaN', 'Use an expression'],
		['asGiven', new Date(NaN), 'a single value', 'an object', 'Use an expression'],
		['text', ['a'], 'text', 'a list', '.join('],
		['number', '1.000', 'a valid number', '"1.000"', 'such as 1000 or 12.5'],
		['number', '12.345', 'a valid number', '"12.345"', 'such as 1000 or 12.5'],
		['number', '1,000', 'a valid number', '"1,000"', 'such as 1000 or 12.5'],
		['number', '12,5', 'a valid number', '"12,5"', 'such as 1000 or 12.5'],
		['number', '1e3', 'a valid number', '"1e3"', 'such as 1000 or 12.5'],
		['number', '0x1F', 'a valid number', '"0x1F"', 'such as 1000 or 12.5'],
		['number', '08123', 'a valid number', '"08123"', 'choose the type Text'],
		['number', '12345678901234567', 'a valid number', '"123456789', 'the type Text'],
		['number', true, 'a valid number', 'true', 'such as 1000 or 12.5'],
		['number', Infinity, 'a valid number', 'Infinity', 'such as 1000 or 12.5'],
		['date', '05/03/2024', 'a date', '"05/03/2024"', 'Enter a date such as 2026-11-30'],
		['date', '2026-02-30', 'a date', '"2026-02-30"', 'Enter a date such as 2026-11-30'],
		['date', 'besok', 'a date', '"besok"', 'Enter a date such as 2026-11-30'],
		['date', 45356, 'a date', '45356', 'Enter a date such as 2026-11-30'],
		['date', true, 'a date', 'true', 'Enter a date such as 2026-11-30'],
		['checkbox', 'mungkin', 'true or false', '"mungkin"', 'Enter true or false.'],
		['checkbox', 2, 'true or false', '2', 'Enter true or false.'],
		['checkbox', [true], 'true or false', 'a list', 'Enter true or false.'],
		['checkbox', 'constructor', 'true or false', '"constructor"', 'Enter true or false.'],
	])('of type %s rejects %p', (type, value, message, shown, advice) => {
		const attempt = () => convert(value, type);

		expect(attempt).toThrow(`${LABEL} is not ${message}`);
		expect(attempt).toThrow(
			expect.objectContaining({
				description: expect.stringContaining(`for this item is ${shown}`),
			}),
		);
		expect(attempt).toThrow(
			expect.objectContaining({ description: expect.stringContaining(advice) }),
		);
	});

	it.each(['angka', '', 'constructor', 5])(
		'rejects the unknown type %p, even for an empty value',
		(type) => {
			expect(() => convert('', type)).toThrow(`${LABEL} has an unknown type`);
		},
	);
});
