import { cleanText } from './cleanText';
import { toHalfWidth } from './halfWidth';

/** Separators between digits: spaces of any kind, dashes, dots, brackets. A line break separates numbers. */
const BETWEEN_DIGITS = String.raw`[^\S\r\n\v\f\u2028\u2029]|[().\-\u2010-\u2015\u2212]`;
const SEPARATORS = new RegExp(`(?:${BETWEEN_DIGITS})+`);
const PART_OF_PHONE = new RegExp(`^(?:\\d|\\+|${BETWEEN_DIGITS})+$`);

/** Spreadsheets show an apostrophe before a number that is stored as text. */
const LEADING_APOSTROPHES = /^['\u2018\u2019`]+/;

/** WhatsApp links and IDs, which contain a number with its country code and without a plus. */
const WHATSAPP_FORMS = [
	/^(?:https?:\/\/)?(?:www\.)?wa\.me\/([^/?#]*)\/?(?:[?#].*)?$/i,
	/^(?:(?:https?:\/\/)?(?:api|web)\.whatsapp\.com\/|whatsapp:\/\/)send\/?\?(?:[^#]*&)?phone=([^&#]*)(?:[&#].*)?$/i,
	// WhatsApp's ID of a user, with or without a device number. `…@lid` and `…@g.us` contain no phone number.
	/^(\d+)(?::\d+)?@(?:c\.us|s\.whatsapp\.net)$/i,
];

/** The text before a number in a link. A text with several of them contains several numbers. */
const START_IN_LINK = /wa\.me\/|phone=/gi;

/** A prefix of a number. Exports of Meta's lead forms contain `p:+62812…`. */
const SCHEME = /^(?:tel|whatsapp|p):\s*/i;

/**
 * Converts a text to a phone number as a person would type it: removes invisible characters and a
 * spreadsheet's apostrophe, converts full-width characters, and extracts the number from a WhatsApp link or
 * ID. Such a number gets a plus, unless it begins with 0: no country code does, so the number is national.
 */
export function toPhoneText(text: string): string {
	const clean = toHalfWidth(cleanText(text)).replace(LEADING_APOSTROPHES, '').trim();
	const [number] = WHATSAPP_FORMS.flatMap((form) => form.exec(clean)?.slice(1) ?? []);
	const isOne = (clean.match(START_IN_LINK)?.length ?? 0) < 2;
	if (number === undefined || !isOne) return clean.replace(SCHEME, '');
	const decoded = number.replace(/%2b/gi, '+').replace(/%20/g, ' ').trim();
	return /^[1-9]/.test(decoded) ? `+${decoded}` : decoded;
}

/** Whether a phone number certainly begins with its country code. */
export const hasCountryCode = (text: string) => /^(\+|00)/.test(toPhoneText(text));

/** Returns the groups of digits in a number, e.g. `['+62', '812', '3456']`. */
export function groupsOf(phoneText: string): string[] {
	return phoneText.split(SEPARATORS).filter((group) => group !== '');
}

/** Whether a text has only characters that are usual in a phone number. */
export function isPartOfPhone(text: string): boolean {
	return PART_OF_PHONE.test(text);
}

/** Returns the digits of a number or its beginning, without a leading 0 or 62: `8123456` for `0812-3456`. */
export function subscriberDigits(phone: string): string {
	return phone.replace(/\D/g, '').replace(/^(0+|62)/, '');
}
