export const INDONESIA = '62';

/** Digits of a number with its country code: at most 15 (ITU-T E.164), 8 in some small countries. */
const DIGITS = { min: 8, max: 15 };

/**
 * Number of digits after a country code, from Google's libphonenumber. With fewer than `min`, the first
 * digits are not the country code: in Singapore, `6512 3456` lacks its 65. `max` is only set if all numbers
 * of a country have the same length.
 */
const NATIONAL_DIGITS: Record<string, { min: number; max?: number }> = {
	'1': { min: 10, max: 10 },
	'7': { min: 10, max: 10 },
	'55': { min: 10 },
	'60': { min: 8 },
	[INDONESIA]: { min: 7 },
	'65': { min: 8 },
	'66': { min: 8 },
	'84': { min: 9 },
	'91': { min: 10 },
	'852': { min: 8 },
};

/** For other countries: with fewer digits than `possible`, the code is missing; with `certain` or more, it is present. */
const NATIONAL_DIGITS_ELSEWHERE = { possible: 7, certain: 9 };

/**
 * The maximum number of digits after +62, from Google's libphonenumber. Mobile numbers begin with 8. Fixed lines have at
 * most 8 digits after an area code, which has two digits in five cities and three elsewhere.
 */
const INDONESIAN_MAX = [
	{ begins: /^8/, max: 12 },
	{ begins: /^(?:2[124]|31|61(?!9))/, max: 10 },
	{ begins: /^[1-9]/, max: 11 },
];

/** Complete fixed lines of Indonesia: at least 5 digits after the area code; 7 after 21, 22 and 24. */
const FIXED_LINE = /^(?:2[124]\d{7,}|(?:31|61)\d{5,}|(?!2[124]|31|61|8)[2-9]\d{7,})$/;

/** The minimum number of digits of a mobile number after +62. */
const MIN_MOBILE_DIGITS = 9;

/** Whether digits begin with this country code; undefined if that is ambiguous. */
export function hasCode(digits: string, countryCode: string): boolean | undefined {
	if (!digits.startsWith(countryCode)) return false;
	const national = digits.length - countryCode.length;
	const known = NATIONAL_DIGITS[countryCode];
	if (known !== undefined) return national >= known.min;
	if (national < NATIONAL_DIGITS_ELSEWHERE.possible) return false;
	return national >= NATIONAL_DIGITS_ELSEWHERE.certain || undefined;
}

/** Whether digits can be a phone number with a country code, without a plus. */
export function isPossible(number: string): boolean {
	if (number.length < DIGITS.min || number.length > DIGITS.max || number.startsWith('0')) {
		return false;
	}
	const code = Object.keys(NATIONAL_DIGITS).find((each) => number.startsWith(each));
	if (code === undefined) return true;
	const { min, max = DIGITS.max } = NATIONAL_DIGITS[code]!;
	const national = number.slice(code.length);
	// In these countries, no number has a 0 after the code: a 0 is dialed only within the country.
	if (code !== INDONESIA) return !national.startsWith('0') && national.length <= max;
	const plan = INDONESIAN_MAX.find(({ begins }) => begins.test(national));
	return plan !== undefined && national.length >= min && national.length <= plan.max;
}

/**
 * Removes a country code that was added to a number that already had one: `0628123456789` has a leading
 * zero, which was replaced with the code. Returns other numbers unchanged; undefined if the number is
 * possible with and without the first code, or if this file has no numbering plan for the country.
 */
export function removeRepeatedCode(number: string, countryCode: string): string | undefined {
	const isIndonesia = countryCode === INDONESIA;
	const inner = number.slice(countryCode.length).replace(/^620(?=[1-9])/, INDONESIA);
	const isRepeated = number.startsWith(countryCode) && hasCode(inner, countryCode) === true;
	// 062x is also an area code, but its fixed lines have fewer digits.
	const isTooShort = isIndonesia && inner.length < INDONESIA.length + MIN_MOBILE_DIGITS;
	if (!isRepeated || isTooShort || !isPossible(inner)) return number;
	return isIndonesia && !isPossible(number) ? inner : undefined;
}

/**
 * Whether an Indonesian number has digits after a complete number: an extension, a count, or the end of a
 * second number, as in `021-5551234-12`. Mobile numbers have no extensions and may be grouped in any way
 * (`0812-3456-78`), unless one group is already a complete number (`081234567890 1`).
 *
 * @param groups the groups of digits in the text
 * @param national the digits after +62
 */
export function hasExtraGroup(groups: string[], national: string): boolean {
	return groups.slice(0, -1).some((group, index) => {
		const rest = groups.slice(index + 1).join('').length;
		const head = national.slice(0, Math.max(0, national.length - rest));
		if (!head.startsWith('8')) return FIXED_LINE.test(head);
		return head.length >= MIN_MOBILE_DIGITS && group.length >= head.length;
	});
}
