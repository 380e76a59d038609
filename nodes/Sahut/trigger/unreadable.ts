import { NAME_FIELDS, nameOf, type SahutEvent } from './envelope';
import type { Verdict } from './filters';
import { isObject, SUBJECTS, WRAPPERS } from './records';

/** The maximum number of characters of a quoted value: one field of a delivery may have a megabyte. */
const MAX_LENGTH = 100;

function shorten(text: string): string {
	return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}

function describe(value: unknown): string {
	if (value === undefined) return 'not found';
	if (Array.isArray(value)) return 'a list';
	return isObject(value) ? 'an object' : shorten(JSON.stringify(value));
}

/**
 * Explains to the user what the trigger expected in a delivery that it could not parse or filter, and what it
 * found.
 *
 * @param event the event, if only values for the filters are missing
 * @param unknown the filters whose values are missing
 */
export function explainUnreadable(
	body: unknown,
	event: SahutEvent | undefined,
	unknown: Verdict['unknown'],
): string {
	if (event) {
		const missing = unknown.map(({ place, option }) => `${place} (for ${option})`).join(', ');
		return `The trigger recognized the event "${event.name}", but could not find the values that its options require: ${missing}.`;
	}
	if (!isObject(body))
		return 'The trigger expects a JSON object, but the body of the delivery is not one.';
	const found = (fields: readonly string[]) =>
		fields.map((field) => `"${field}" (${describe(body[field])})`).join(', ');
	const name = nameOf(body);
	return [
		`The trigger expects the name of the event, a text such as "message.created", in one of these fields: ${found(NAME_FIELDS)}.`,
		`It found ${name === undefined ? 'no name' : describe(name)}.`,
		`It expects the record, an object with the ID or the fields of a message, conversation or contact, in the body itself or in one of these fields: ${found([...WRAPPERS, ...SUBJECTS])}.`,
		`The body has these fields: ${shorten(Object.keys(body).join(', ')) || 'none'}.`,
	].join(' ');
}
