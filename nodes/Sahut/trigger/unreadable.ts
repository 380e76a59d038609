import { NAME_FIELDS, nameOf, type SahutEvent } from './envelope';
import type { Verdict } from './filters';
import { isObject, SUBJECTS, WRAPPERS } from './records';

/** Characters of a value that the explanation quotes: one field of a delivery may have a megabyte. */
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
 * Explains to the user what the trigger looked for in a delivery that it could not parse or filter.
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
		return `The trigger found the event "${event.name}", but not the values that its options need: ${missing}.`;
	}
	if (!isObject(body)) return 'The trigger looked for a JSON object, but the body is not one.';
	const found = (fields: readonly string[]) =>
		fields.map((field) => `"${field}" (${describe(body[field])})`).join(', ');
	const name = nameOf(body);
	return [
		`The trigger looked for the name of the event in ${found(NAME_FIELDS)}: a text such as "message.created".`,
		`It found ${name === undefined ? 'no name' : describe(name)}.`,
		`It looked for the record in ${found([...WRAPPERS, ...SUBJECTS])} and in the body itself: an object with the ID or the fields of a message, conversation or contact.`,
		`The body has these fields: ${shorten(Object.keys(body).join(', ')) || 'none'}.`,
	].join(' ');
}
