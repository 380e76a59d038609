export const INDONESIA = '62';

/** Digits of a number with its country code: at most 15 (ITU-T E.164), 8 in some small countries. */
const DIGITS = { min: 8, max: 15 };

/**
 * Digits behind a country code, by Google's libphonenumber: the fewest of a number that may lack its
 * code (in Singapore, `6512 3456` still lacks its 65); the most where all numbers have the same length.
 */
const DIGITS_BEHIND: Record<string, { min: number; max?: number }> = {
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

/** For other countries: with fewer digits than `none`, the code is missing; from `sure` on, it is there. */
const DIGITS_BEHIND_ANY = { none: 7, sure: 9 };

/**
 * The most digits behind +62, by Google's libphonenumber: mobile numbers begin with 8; fixed lines have at
 * most 8 digits behind an area code, which has two digits in five cities and three elsewhere.
 */
const INDONESIAN_MAX = [
	{ begins: /^8/, max: 12 },
	{ begins: /^(?:2[124]|31|61(?!9))/, max: 10 },
	{ begins: /^[1-9]/, max: 11 },
];

/** Complete fixed lines of Indonesia: from 5 digits behind the area code; 7 in the three largest cities. */
const FIXED_LINE = /^(?:2[124]\d{7,}|(?:31|61)\d{5,}|(?!2[124]|31|61|8)[2-9]\d{7,})$/;

/** The fewest digits behind +62 of a mobile number. */
const MIN_MOBILE_DIGITS = 9;

/** Whether digits begin with this country code; undefined if that is ambiguous. */
export function hasCode(digits: string, countryCode: string): boolean | undefined {
	if (!digits.startsWith(countryCode)) return false;
	const behind = digits.length - countryCode.length;
	const known = DIGITS_BEHIND[countryCode];
	if (known !== undefined) return behind >= known.min;
	if (behind < DIGITS_BEHIND_ANY.none) return false;
	return behind >= DIGITS_BEHIND_ANY.sure || undefined;
}

/** Whether digits can be a number with its country code, without a plus. */
export function isPossible(number: string): boolean {
	if (number.length < DIGITS.min || number.length > DIGITS.max || number.startsWith('0')) {
		return false;
	}
	const code = Object.keys(DIGITS_BEHIND).find((each) => number.startsWith(each));
	if (code === undefined) return true;
	const { min, max = DIGITS.max } = DIGITS_BEHIND[code]!;
	const behind = number.slice(code.length);
	// None of these countries has a 0 behind its code: it is dialed within the country only.
	if (code !== INDONESIA) return !behind.startsWith('0') && behind.length <= max;
	const plan = INDONESIAN_MAX.find(({ begins }) => begins.test(behind));
	return plan !== undefined && behind.length >= min && behind.length <= plan.max;
}

/**
 * Returns the number that digits with a country code mean, if the code may be there twice: in
 * `0628123456789`, a zero was put before a number that had its code. Undefined if both the number and
 * the one without the first code are possible, or if the plan of the country is not known here.
 */
export function withoutSecondCode(number: string, countryCode: string): string | undefined {
	const isIndonesia = countryCode === INDONESIA;
	const inner = number.slice(countryCode.length).replace(/^620(?=[1-9])/, INDONESIA);
	const isTwice = number.startsWith(countryCode) && hasCode(inner, countryCode) === true;
	// 062x is an area code as well, of fixed lines that have fewer digits.
	const isTooShort = isIndonesia && inner.length < INDONESIA.length + MIN_MOBILE_DIGITS;
	if (!isTwice || isTooShort || !isPossible(inner)) return number;
	return isIndonesia && !isPossible(number) ? inner : undefined;
}

/**
 * Whether a number of Indonesia has more groups of digits than it needs: an extension, a count, or the
 * end of a second number, as in `021-5551234-12`. The groups of a mobile number, which has no
 * extensions, are free (`0812-3456-78`), unless one has all of it (`081234567890 1`).
 *
 * @param groups groups of digits as they were written
 * @param subscriber the digits behind +62
 */
export function hasSurplusGroup(groups: string[], subscriber: string): boolean {
	return groups.slice(0, -1).some((group, index) => {
		const behind = groups.slice(index + 1).join('').length;
		const head = subscriber.slice(0, Math.max(0, subscriber.length - behind));
		if (!head.startsWith('8')) return FIXED_LINE.test(head);
		return head.length >= MIN_MOBILE_DIGITS && group.length >= head.length;
	});
}
