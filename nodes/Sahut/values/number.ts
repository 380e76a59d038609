import { cleanText } from './cleanText';

/** Digits with a dot for decimals. Digits with a leading zero are a code, not a number. */
const PLAIN_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** In Indonesia, `1.000` is a thousand; in English, it is one. */
const THOUSANDS = /^-?[1-9]\d{0,2}(?:\.\d{3})+$/;

/** JavaScript stores numbers exactly up to this many digits. */
const MAX_DIGITS = 15;

/**
 * Parses a number, or a text that is one, such as `12` or `0.5`.
 *
 * @returns undefined for other values, for infinite numbers, for a text such as `1.000` or `1,000`, which
 * means different numbers in different countries, and for codes: digits with a leading zero, or more than 15
 */
export function parseNumber(value: unknown): number | undefined {
	if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
	const text = typeof value === 'string' ? cleanText(value) : '';
	const isNumber = PLAIN_NUMBER.test(text) && !THOUSANDS.test(text);
	return isNumber && text.replace(/\D/g, '').length <= MAX_DIGITS ? Number(text) : undefined;
}
