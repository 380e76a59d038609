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

/** Returns the values in a text that is a JSON array or has separators. @throws UserError */
function valuesOfText(text: string, label: string): unknown[] {
	if (!/^\s*[[{]/.test(text)) return splitText(text);
	const list = parseJson(text);
	if (Array.isArray(list)) return list;
	throw new UserError(`${label} is not a list: ${text.slice(0, 100)}`, {
		description:
			'Use a JSON list, e.g. ["vip", "reseller"], or separate the values with commas, semicolons or line breaks.',
	});
}

/**
 * Flattens an entry of a list. An entry may be a list itself, or a list as JSON text, which a table without
 * list columns contains. `[promo]` is not JSON, so it is a text.
 */
function entriesOf(value: unknown): unknown[] {
	if (Array.isArray(value)) return value.flatMap(entriesOf);
	const isJson = typeof value === 'string' && /^\s*[[{]/.test(value);
	const parsed = isJson ? parseJson(value) : undefined;
	return parsed === undefined ? [value] : Array.isArray(parsed) ? entriesOf(parsed) : [parsed];
}

/** Whether a value is a list without entries, possibly as JSON text. */
export function isEmptyList(value: unknown): boolean {
	const list = typeof value === 'string' ? parseJson(value) : value;
	return Array.isArray(list) && list.every(isEmptyList);
}

/**
 * Reads texts from a list, or from a text that is a JSON array or has separators. Never splits an entry of
 * a list: a tag may contain a comma.
 *
 * @returns the texts without surrounding whitespace, blank texts and duplicates
 * @throws UserError for a text that begins like JSON but is not an array, and for entries that are objects
 */
export function asTexts(value: unknown, label: string): string[] {
	const entries = Array.isArray(value) ? value : valuesOfText(asText(value, label), label);
	const texts = entries.flatMap(entriesOf).map((entry) => asText(entry, label).trim());
	return [...new Set(texts.filter((text) => !isBlank(text)))];
}
