import { UserError } from 'n8n-workflow';

import { cleanText, isBlank } from './cleanText';
import { assertNoLeftovers } from './leftovers';

/** Characters that would change the URL of a request, and lone surrogates. */
const NOT_IN_AN_ID = /[\s/\\?#%\p{Surrogate}]|^\.+$/u;

/**
 * Converts a value to text: a number or boolean as JavaScript writes it, null and undefined to `''`.
 *
 * @throws UserError for lists and objects, and for numbers so large that JavaScript has rounded them: the
 * result would be a different account or order number
 */
export function asText(value: unknown, label: string): string {
	if (value === undefined || value === null) return '';
	if (typeof value === 'object') {
		const found = Array.isArray(value) ? 'a list' : 'an object';
		throw new UserError(`${label} is ${found}, not text`, {
			description:
				'Use an expression that returns a single value, such as {{ $json.name }}, or join a list with .join(", ").',
		});
	}
	if (typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER) {
		throw new UserError(`${label} is ${value}, which is too large to be an exact number`, {
			description:
				'Numbers are exact up to 15 digits. Provide longer numbers as text: in JSON, put quotes around them; in a spreadsheet, format the column as text.',
		});
	}
	return String(value);
}

/**
 * Removes lone surrogates: `.slice(0, 100)` leaves one if it cuts an emoji in half. Sahut would replace it
 * with another character, and the node would not recognize its own text. Not for IDs and addresses: without
 * the broken character, they could identify another record.
 */
export function removeLoneSurrogates(text: string): string {
	return text.replace(/\p{Surrogate}/gu, '');
}

/**
 * Reads an ID. Removes invisible characters and surrounding whitespace.
 *
 * @returns `''` for a blank value
 * @throws UserError if it cannot be an ID
 */
export function asOptionalId(value: unknown, label: string): string {
	const id = typeof value === 'string' ? cleanText(value) : asText(value, label);
	assertNoLeftovers(id, label);
	if (!NOT_IN_AN_ID.test(id)) return id;
	throw new UserError(`${label} ${JSON.stringify(id)} is not an ID`, {
		description:
			'An ID has no spaces, slashes or other special characters. Enter only the ID, without a link or a name.',
	});
}

/** Reads an ID as {@link asOptionalId} does. @throws UserError if it is blank, or cannot be an ID */
export function asId(value: unknown, label: string): string {
	const id = asOptionalId(value, label);
	if (!isBlank(id)) return id;
	throw new UserError(`${label} is empty`, {
		description:
			'Choose one from the list, or enter an ID. If an expression provides the ID, check that it has a value for this item.',
	});
}
