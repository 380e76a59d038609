import { UserError } from 'n8n-workflow';

export const INDONESIA = '62';

/** Separators between digits: spaces of any kind, invisible marks, dashes, dots, brackets. */
const SEPARATORS = /[\s\u200b-\u200f\u202a-\u202e\u2060\ufeff().\-\u2010-\u2015]/g;

/** A count behind a number, for which the text is rejected: `0812-3456-789 (2)`, `… - 12`. */
const COUNT_BEHIND = /(\(\d{1,3}\)|\s[-\u2010-\u2015]\s*\d{1,2})$/;

/** A number that a spreadsheet has taken for an amount: `628123456789.0`. */
const DECIMALS = /^(\+?\d{7,})\.00?$/;

/**
 * `+44 (0)20 …`: the zero is dialed within the country only. In Italy it belongs to the number.
 */
const ZERO_FOR_HOME = /^(\(?(?:\+|00)?(?!39)[1-9]\d{0,2}\)?[\s.-]*)\(\s*0\s*\)/;

/** Digits of a number with its country code: at most 15 (ITU-T E.164), 8 in some small countries. */
const DIGITS = { min: 8, max: 15 };

/** Digits after +62 in Indonesia's numbering plan: short fixed lines to long mobile numbers. */
const INDONESIAN_DIGITS = { min: 7, max: 12 };

/**
 * The fewest digits after a country code. A national number may begin with the same digits: in
 * Singapore, `6512 3456` still lacks its 65.
 */
const DIGITS_BEHIND: Record<string, number> = {
	'7': 10,
	'60': 8,
	'55': 10,
	[INDONESIA]: INDONESIAN_DIGITS.min,
	'65': 8,
	'66': 8,
	'84': 9,
	'91': 10,
	'852': 8,
};

/** For other countries: with fewer digits than `none`, the code is missing; from `sure` on, it is there. */
const DIGITS_BEHIND_ANY = { none: 7, sure: 9 };

/** Returns the digits of a country code: `62` for `+62`, `0062` and `62`. */
const digitsOfCode = (countryCode: string) => countryCode.trim().replace(/^(\+|00)/, '');

/** Whether digits begin with their country code; undefined if that is ambiguous. */
function hasCode(digits: string, countryCode: string): boolean | undefined {
	if (!digits.startsWith(countryCode)) return false;
	const behind = digits.length - countryCode.length;
	const atLeast = DIGITS_BEHIND[countryCode];
	if (atLeast !== undefined) return behind >= atLeast;
	if (behind < DIGITS_BEHIND_ANY.none) return false;
	return behind >= DIGITS_BEHIND_ANY.sure || undefined;
}

/** Returns digits with their country code, without a plus; undefined if they are ambiguous. */
function withCountryCode(digits: string, countryCode: string): string | undefined {
	if (digits.startsWith('00')) return digits.slice(2);
	if (digits.startsWith('0')) return countryCode + digits.slice(1);
	const isWhole = hasCode(digits, countryCode);
	if (isWhole === undefined) return undefined;
	if (isWhole) return digits;
	// Spreadsheets drop the leading zero of 0812…, and all mobile numbers of Indonesia begin with 8.
	if (countryCode === INDONESIA && !digits.startsWith('8')) return undefined;
	return countryCode + digits;
}

function isPossible(number: string): boolean {
	if (number.length < DIGITS.min || number.length > DIGITS.max || number.startsWith('0')) {
		return false;
	}
	if (!number.startsWith(INDONESIA)) return true;
	const subscriber = number.slice(INDONESIA.length);
	const { min, max } = INDONESIAN_DIGITS;
	return /^[1-9]/.test(subscriber) && subscriber.length >= min && subscriber.length <= max;
}

/**
 * Converts a phone number from a CRM or a spreadsheet to E.164, e.g. `+628123456789`. Accepts `0812…`,
 * `62812…`, `812…`, `+62 812-…`, `(0812) …`, `0062…`, and foreign numbers with `+`.
 *
 * @param countryCode replaces the leading 0 of a national number, e.g. `62`
 * @throws UserError if the text is not a phone number
 */
export function normalizePhone(text: string, countryCode: string = INDONESIA): string {
	const given = text.trim().replace(DECIMALS, '$1').replace(ZERO_FOR_HOME, '$1');
	const compact = COUNT_BEHIND.test(given) ? given : given.replace(SEPARATORS, '');
	if (compact === '') {
		throw new UserError('The phone number is empty', {
			description:
				'Enter a phone number. If an expression should give it, check that it has a value for this item.',
		});
	}
	const code = digitsOfCode(countryCode);
	if (!/^[1-9]\d{0,2}$/.test(code)) {
		throw new UserError(`"${countryCode}" is not a country code`, {
			description: 'Use the digits that follow the plus, e.g. 62 for Indonesia.',
		});
	}
	const number = /^\+\d+$/.test(compact)
		? compact.slice(1)
		: /^\d+$/.test(compact)
			? withCountryCode(compact, code)
			: undefined;
	// "+62 0812…" has a superfluous zero.
	const plain = number?.replace(/^620(?=[1-9])/, INDONESIA);
	if (plain === undefined || !isPossible(plain)) {
		throw new UserError(`"${text.trim()}" is not a phone number`, {
			description:
				'Use one number, e.g. 0812-3456-7890 or +62 812 3456 7890; foreign numbers begin with +. In a spreadsheet, format the column as text.',
		});
	}
	return `+${plain}`;
}

/** Whether a stored number, in any form, is this number (E.164). */
export function isSamePhone(stored: unknown, phone: string, countryCode: string): boolean {
	if (stored === phone) return true;
	if (typeof stored !== 'string' && typeof stored !== 'number') return false;
	try {
		return normalizePhone(String(stored), countryCode) === phone;
	} catch {
		return false;
	}
}
