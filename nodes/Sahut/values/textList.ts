import { UserError } from 'n8n-workflow';

import { isBlank } from './cleanText';
import { asText } from './text';

const SEPARATORS = /[,;\r\n\u2028\u2029]+/;

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** Splits a text at commas, semicolons and line breaks. */
export function splitText(text: string): string[] {
	return text.split(SEPARATORS);
}

/** Returns the values of a text: of a JSON array, or between separators. @throws UserError */
function valuesOfText(text: string, label: string): unknown[] {
	if (!/^\s*[[{]/.test(text)) return splitText(text);
	const list = parseJson(text);
	if (Array.isArray(list)) return list;
	throw new UserError(`${label} is not a list: ${text.slice(0, 100)}`, {
		description:
			'Use a JSON array, e.g. ["vip", "reseller"], or separate the values with commas, semicolons or line breaks.',
	});
}

/**
 * Returns an entry of a list, or the entries of a list inside it: a table without lists stores JSON.
 * `[promo]` is not JSON, but a text.
 */
function entriesOf(value: unknown): unknown[] {
	if (Array.isArray(value)) return value.flatMap(entriesOf);
	const isJson = typeof value === 'string' && /^\s*[[{]/.test(value);
	const parsed = isJson ? parseJson(value) : undefined;
	return parsed === undefined ? [value] : Array.isArray(parsed) ? entriesOf(parsed) : [parsed];
}

/** Whether a value is a list, possibly as JSON text, without entries. */
export function isEmptyList(value: unknown): boolean {
	const list = typeof value === 'string' ? parseJson(value) : value;
	return Array.isArray(list) && list.every(isEmptyList);
}

/**
 * Reads texts from a list, or from a text that is a JSON array or has separators. Never splits an entry of
 * a list: a tag may contain a comma.
 *
 * @returns the texts without surrounding whitespace, each once; blank ones are omitted
 * @throws UserError for a text that begins like JSON but is no array, and for entries that are objects
 */
export function asTexts(value: unknown, label: string): string[] {
	const entries = Array.isArray(value) ? value : valuesOfText(asText(value, label), label);
	const texts = entries.flatMap(entriesOf).map((entry) => asText(entry, label).trim());
	return [...new Set(texts.filter((text) => !isBlank(text)))];
}
