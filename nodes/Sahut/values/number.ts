import { UserError } from 'n8n-workflow';

import { cleanText, isEmpty } from './cleanText';
import { formatValue } from './formatValue';

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

/** Reads an optional number; undefined if the value is empty. @throws UserError if it is not a number */
export function asNumber(value: unknown, label: string): number | undefined {
	const number = parseNumber(value);
	if (number !== undefined || isEmpty(value)) return number;
	throw new UserError(`${label} is not a number`, {
		description: `The value for this item is ${formatValue(value)}. Use digits only, e.g. 60.`,
	});
}

/** Reads a number above 0. @throws UserError for any other value */
export function asNumberAboveZero(value: unknown, label: string): number {
	const number = parseNumber(value);
	if (number !== undefined && number > 0) return number;
	throw new UserError(`${label} must be greater than 0`, {
		description: `The value for this item is ${formatValue(value)}. Correct the value, or remove the option.`,
	});
}

/** Reads the maximum number of records. @throws UserError unless it is a whole number of 1 or more */
export function asLimit(value: unknown): number {
	const limit = parseNumber(value);
	if (limit !== undefined && Number.isInteger(limit) && limit >= 1) return limit;
	throw new UserError('Limit must be a whole number of 1 or more', {
		description: `The value for this item is ${formatValue(value)}. To get all records, turn on Return All.`,
	});
}
