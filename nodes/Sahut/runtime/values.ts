import { tryToParseDateTime, UserError } from 'n8n-workflow';

/** No ID has these: they would change the address of the request. */
const NOT_IN_AN_ID = /[\s/\\?#%]|^\.+$/;

/**
 * A value that an expression gave, as text.
 *
 * @throws UserError for lists and objects, which have no text that a customer should see.
 */
export function asText(value: unknown, label: string): string {
	if (value === undefined || value === null) return '';
	if (typeof value === 'object') {
		const found = Array.isArray(value) ? 'a list' : 'an object';
		throw new UserError(`${label} is ${found}, not a text`, {
			description:
				'Point the expression at a single value, such as {{ $json.name }}, or join a list with .join(", ").',
		});
	}
	return String(value);
}

/** The texts of a list, or of a text with commas, without white space around them and without blanks. */
export function asTexts(value: unknown, label: string): string[] {
	const values: unknown[] = Array.isArray(value) ? value.flat() : asText(value, label).split(',');
	return values.map((each) => asText(each, label).trim()).filter((each) => each !== '');
}

/** An ID, without white space around it. @throws UserError when it is empty or cannot be one. */
export function asId(value: unknown, label: string): string {
	const id = asText(value, label).trim();
	if (id === '') {
		throw new UserError(`${label} is empty`, {
			description:
				'Choose one from the list, or enter an ID. If an expression should give the ID, check that it has a value for this item.',
		});
	}
	if (NOT_IN_AN_ID.test(id)) {
		throw new UserError(`${label} "${id}" is not an ID`, {
			description: 'An ID has no spaces or slashes. Use the ID alone, without a link or a name.',
		});
	}
	return id;
}

function parseInstant(value: unknown, timezone: string): number | undefined {
	try {
		return tryToParseDateTime(value, timezone).toMillis();
	} catch {
		return undefined;
	}
}

/** A point in time in milliseconds since the epoch. @throws UserError when it is none. */
export function asInstant(value: unknown, label: string, timezone: string): number | undefined {
	if (value === null || value === undefined || value === '') return undefined;
	const instant = parseInstant(value, timezone);
	if (instant !== undefined) return instant;
	throw new UserError(`${label} is not a date and time`, {
		description: `It is ${JSON.stringify(value)} for this item. Use one like 2024-03-15T08:30:00Z.`,
	});
}
