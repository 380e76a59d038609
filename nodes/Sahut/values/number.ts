import { cleanText } from './cleanText';

const DECIMAL = /^[+-]?\d+(\.\d+)?$/;

/** `1.000` is a thousand in Indonesia and one in English. */
const THOUSANDS = /^[+-]?\d{1,3}(\.\d{3})+$/;

/**
 * Parses a number, or a text that is one, such as `12` or `0.5`.
 *
 * @returns undefined for other values, for infinite numbers, and for a text such as `1.000` or `1,000`,
 * which means different numbers in different countries
 */
export function parseNumber(value: unknown): number | undefined {
	if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
	const text = typeof value === 'string' ? cleanText(value) : '';
	return DECIMAL.test(text) && !THOUSANDS.test(text) ? Number(text) : undefined;
}
