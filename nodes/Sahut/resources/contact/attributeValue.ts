import { UserError } from 'n8n-workflow';

import { cleanText, isBlank } from '../../values/cleanText';
import { parseInstant } from '../../values/instant';
import { assertNoLeftovers } from '../../values/leftovers';
import { parseNumber } from '../../values/number';
import { asText, withoutHalfCharacters } from '../../values/text';

/** The value of a custom attribute, in the JSON type in which it is sent. */
export type AttributeValue = string | number | boolean;

/** Stored in users' workflows: never rename one. */
export type AttributeType = 'asGiven' | 'text' | 'number' | 'date' | 'checkbox';

/** Returns the value to send; undefined if it cannot be converted. */
type Convert = (value: unknown, timezone: string) => AttributeValue | undefined;

const CHECKBOX: Record<string, boolean | undefined> = Object.assign(Object.create(null), {
	...{ true: true, yes: true, ya: true, '1': true },
	...{ false: false, no: false, tidak: false, '0': false },
});

/** ISO 8601 in UTC, as Sahut writes times: `2026-11-30T01:30:00Z`. */
function toUtc(instant: number): string {
	return new Date(instant).toISOString().replace('.000Z', 'Z');
}

/** A date object counts as its time; n8n turns some of them into text itself. */
const asGiven: Convert = (value, timezone) => {
	if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
		return value;
	}
	const instant = parseInstant(value, timezone);
	return instant === undefined ? undefined : toUtc(instant);
};

const toText: Convert = (value, timezone) => {
	const given = asGiven(value, timezone);
	return given === undefined ? undefined : String(given);
};

/**
 * Midnight in the workflow's time zone counts as a date without a time, since `{{ $today }}` and the
 * dates of databases come like that: in UTC, they would be the day before.
 */
const toDate: Convert = (value, timezone) => {
	const given = typeof value === 'string' ? cleanText(value) : value;
	const instant = parseInstant(given, timezone);
	if (instant === undefined) return undefined;
	if (/^\d{4}-\d\d-\d\d$/.test(String(given))) return String(given);
	// Swedish writes a time like ISO 8601: 2026-11-30 08:30:00.
	const format = { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' } as const;
	const [date, time] = new Intl.DateTimeFormat('sv-SE', format).format(instant).split(' ');
	return time === '00:00:00' && instant % 1_000 === 0 ? date : toUtc(instant);
};

const toCheckbox: Convert = (value) =>
	typeof value === 'object' ? undefined : CHECKBOX[cleanText(String(value)).toLowerCase()];

const TYPES: Record<AttributeType, { convert: Convert; is: string; advice: string }> = {
	asGiven: {
		convert: asGiven,
		is: 'a single value',
		advice: 'Point the expression at a single text, number, date, true or false.',
	},
	text: {
		convert: toText,
		is: 'a text',
		advice:
			'Point the expression at a single value, such as {{ $json.city }}, or join a list with .join(", ").',
	},
	number: {
		convert: parseNumber,
		is: 'an unambiguous number',
		advice:
			'Enter digits, with a dot for decimals and no separator of thousands, such as 1000 or 12.5. Numbers with a leading zero or more than 15 digits are codes: choose the type Text for them.',
	},
	date: {
		convert: toDate,
		is: 'a date',
		advice: 'Enter one like 2026-11-30, or with a time, like 2026-11-30T08:30:00+07:00.',
	},
	checkbox: {
		convert: toCheckbox,
		is: 'true or false',
		advice: 'Enter true or false. 1 and 0, yes and no, ya and tidak are accepted too.',
	},
};

/** Shows a value in an error. */
function describe(value: unknown): string {
	if (Array.isArray(value)) return 'a list';
	return typeof value === 'object' ? 'an object' : (JSON.stringify(value) ?? String(value));
}

/**
 * Converts the value of a custom attribute to the type that the user chose.
 *
 * @param label identifies the attribute in errors, e.g. `Custom attribute "poin"`
 * @param type the chosen type; undefined in rows that were stored before there were types
 * @param timezone applies to dates without one, e.g. `Asia/Jakarta`
 * @returns undefined for an empty value: it must not erase what Sahut has
 * @throws UserError for an unknown type, and for a value that cannot be converted
 */
export function toAttributeValue(
	value: unknown,
	type: unknown,
	label: string,
	timezone: string,
): AttributeValue | undefined {
	const chosen = String(type ?? 'asGiven');
	if (!Object.hasOwn(TYPES, chosen)) {
		throw new UserError(`The type of ${label} is unknown`, {
			description: `It is ${describe(type)} for this item. Use one of ${Object.keys(TYPES).join(', ')}.`,
		});
	}
	const isText = typeof value === 'string';
	if (value === undefined || value === null || (isText && isBlank(value))) return undefined;
	const { convert, is, advice } = TYPES[chosen as AttributeType];
	const isNumber = Number.isFinite(value);
	// `asText` rejects rounded numbers.
	const text = isText || isNumber ? withoutHalfCharacters(asText(value, label)) : '';
	if (isText) assertNoLeftovers(text, label);
	const isNaN = typeof value === 'number' && !isNumber;
	const converted = isNaN ? undefined : convert(isText ? text : value, timezone);
	if (converted !== undefined) return converted;
	const given = typeof value === 'number' ? String(value) : describe(value);
	throw new UserError(`${label} is not ${is}`, {
		description: `It is ${given} for this item. ${advice}`,
	});
}
