import { UserError } from 'n8n-workflow';

import { cleanText } from './cleanText';
import { hasCode, hasExtraGroup, INDONESIA, isPossible, removeRepeatedCode } from './numberingPlan';
import { groupsOf, toPhoneText } from './phoneText';

export { INDONESIA };

/** A count after a number. The text is rejected: `0812-3456-789 (2)`, `… - 12`. */
const TRAILING_COUNT = /(\(\d{1,3}\)|\s[-\u2010-\u2015\u2212]\s*\d{1,2})$/;

/** A phone number that a spreadsheet has formatted as an amount: `628123456789.0`. */
const DECIMALS = /^(\+?\d{7,})\.00?$/;

/**
 * `+44 (0)20 …`: the zero is dialed only within the country. In Italy, it belongs to the number.
 */
const NATIONAL_ZERO = /^(\(?(?:\+|00)?(?!39|620)[1-9]\d{0,2}\)?[\s.-]*)\(\s*0\s*\)/;

/** Returns the digits of a country code: `62` for `+62`, `0062` and `62`. */
const digitsOfCode = (countryCode: string) => toPhoneText(countryCode).replace(/^(\+|00)/, '');

/** Returns digits with their country code, without a plus; undefined if they are ambiguous. */
function withCountryCode(digits: string, countryCode: string): string | undefined {
	if (digits.startsWith('0')) return countryCode + digits.slice(1);
	const isComplete = hasCode(digits, countryCode);
	if (isComplete === undefined) return undefined;
	if (isComplete) return digits;
	// Spreadsheets drop the leading zero of 0812…, and all mobile numbers of Indonesia begin with 8.
	if (countryCode === INDONESIA && !digits.startsWith('8')) return undefined;
	return countryCode + digits;
}

/** Extracts a number with its country code, without a plus; undefined if the text is not one number. */
function readNumber(phoneText: string, countryCode: string): string | undefined {
	if (TRAILING_COUNT.test(phoneText)) return undefined;
	const groups = groupsOf(phoneText.replace(DECIMALS, '$1').replace(NATIONAL_ZERO, '$1'));
	const [, international, digits] = /^(\+|00)?(\d+)$/.exec(groups.join('')) ?? [];
	if (digits === undefined) return undefined;
	const given = international ? digits : withCountryCode(digits, countryCode);
	// "+62 0812…" has a superfluous zero.
	const number = given?.replace(/^620(?=[1-9])/, INDONESIA);
	const single = number && removeRepeatedCode(number, international ? INDONESIA : countryCode);
	if (!single || !isPossible(single)) return undefined;
	const isIndonesian = single.startsWith(INDONESIA);
	return isIndonesian && hasExtraGroup(groups, single.slice(INDONESIA.length)) ? undefined : single;
}

/**
 * Converts a phone number from a CRM or a spreadsheet to E.164, e.g. `+628123456789`. Accepts `0812…`,
 * `62812…`, `812…`, `+62 812-…`, `(0812) …`, `0062…`, foreign numbers with `+`, and WhatsApp
 * links and IDs such as `wa.me/62812…` and `62812…@c.us`. Rejects a text that may contain more than one
 * number, or that the numbering plan allows two readings of.
 *
 * @param countryCode replaces the leading 0 of a national number, e.g. `62`
 * @throws UserError if the text is not a phone number
 */
export function normalizePhone(text: string, countryCode: string = INDONESIA): string {
	const phoneText = toPhoneText(text);
	if (groupsOf(phoneText).length === 0) {
		throw new UserError('The phone number is empty', {
			description:
				'Enter a phone number. If an expression provides it, check that it has a value for this item.',
		});
	}
	const code = digitsOfCode(countryCode);
	if (!/^[1-9]\d{0,2}$/.test(code)) {
		throw new UserError(`"${countryCode}" is not a country code`, {
			description: 'Enter only the digits after the plus sign, e.g. 62 for Indonesia.',
		});
	}
	const number = readNumber(phoneText, code);
	if (number === undefined) {
		throw new UserError(`"${cleanText(text)}" is not a phone number`, {
			description:
				'Use one number without an extension, e.g. 0812-3456-7890 or +62 812 3456 7890; foreign numbers begin with +. In a spreadsheet, format the column as text.',
		});
	}
	return `+${number}`;
}

/** Returns the digits of a stored number, in any format. They end as the number does in E.164. */
export function digitsOf(stored: unknown): string {
	return toPhoneText(String(stored)).replace(DECIMALS, '$1').replace(/\D/g, '');
}

/** Whether a stored number, in any format, equals a number in E.164. */
export function isSamePhone(stored: unknown, phone: string, countryCode: string): boolean {
	if (stored === phone) return true;
	if (typeof stored !== 'string' && typeof stored !== 'number') return false;
	try {
		return normalizePhone(String(stored), countryCode) === phone;
	} catch {
		return false;
	}
}
