import { UserError } from 'n8n-workflow';

import { cleanText, isEmpty } from '../../values/cleanText';
import { parseInstant } from '../../values/instant';
import { assertNoLeftovers } from '../../values/leftovers';
import { parseNumber } from '../../values/number';
import { asText, removeLoneSurrogates } from '../../values/text';

/** The value of a custom attribute, in the JSON type in which it is sent. */
export type AttributeValue = string | number | boolean;

/** Stored in users' workflows: never rename one. */
export type AttributeType = 'asGiven' | 'text' | 'number' | 'date' | 'checkbox';

/** Converts a value to the value that is sent; returns undefined if this is impossible. */
type Convert = (value: unknown, timezone: string) => AttributeValue | undefined;

const CHECKBOX: Record<string, boolean | undefined> = Object.assign(Object.create(null), {
	...{ true: true, yes: true, ya: true, '1': true },
	...{ false: false, no: false, tidak: false, '0': false },
});

/** Formats a time as Sahut does, as ISO 8601 in UTC: `2026-11-30T01:30:00Z`. */
function toUtc(instant: number): string {
	return new Date(instant).toISOString().replace('.000Z', 'Z');
}

/** Returns the value unchanged, except a date object, which becomes ISO 8601 text: JSON has no dates. */
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
 * Converts a value to a date, or to a date and time. Midnight in the workflow's time zone becomes a date
 * without a time: `{{ $today }}` and the dates of databases are at midnight, which in UTC can be the day
 * before.
 */
const toDate: Convert = (value, timezone) => {
	const given = typeof value === 'string' ? cleanText(value) : value;
	const instant = parseInstant(given, timezone);
	if (instant === undefined) return undefined;
	if (/^\d{4}-\d\d-\d\d$/.test(String(given))) return String(given);
	// The Swedish locale formats times almost as ISO 8601: 2026-11-30 08:30:00.
	const format = { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' } as const;
	const [date, time] = new Intl.DateTimeFormat('sv-SE', format).format(instant).split(' ');
	return time === '00:00:00' && instant % 1_000 === 0 ? date : toUtc(instant);
};

const toCheckbox: Convert = (value) =>
	typeof value === 'object' ? undefined : CHECKBOX[cleanText(String(value)).toLowerCase()];

const TYPES: Record<AttributeType, { convert: Convert; expected: string; advice: string }> = {
	asGiven: {
		convert: asGiven,
		expected: 'a single value',
		advice: 'Use an expression that returns a single text, number, date or boolean.',
	},
	text: {
		convert: toText,
		expected: 'text',
		advice:
			'Use an expression that returns a single value, such as {{ $json.city }}, or join a list with .join(", ").',
	},
	number: {
		convert: parseNumber,
		expected: 'a valid number',
		advice:
			'Enter digits, with a dot for decimals and without thousands separators, such as 1000 or 12.5. For a code with a leading zero or more than 15 digits, choose the type Text.',
	},
	date: {
		convert: toDate,
		expected: 'a date',
		advice:
			'Enter a date such as 2026-11-30, or a date and time such as 2026-11-30T08:30:00+07:00.',
	},
	checkbox: {
		convert: toCheckbox,
		expected: 'true or false',
		advice:
			'Enter true or false. You can also enter 1 or 0, or yes or no in English or Indonesian.',
	},
};

const isAttributeType = (name: string): name is AttributeType => Object.hasOwn(TYPES, name);

/** Describes a value in an error message. */
function describe(value: unknown): string {
	if (Array.isArray(value)) return 'a list';
	return typeof value === 'object' ? 'an object' : (JSON.stringify(value) ?? String(value));
}

/**
 * Converts the value of a custom attribute to the type that the user chose.
 *
 * @param label identifies the attribute in errors, e.g. `Custom attribute "poin"`
 * @param type the chosen type; undefined in rows that were stored before the field Type existed
 * @param timezone the time zone of dates that have none, e.g. `Asia/Jakarta`
 * @returns undefined for an empty value, which must not erase the value in Sahut
 * @throws UserError for an unknown type, and for a value that cannot be converted
 */
export function toAttributeValue(
	value: unknown,
	type: unknown,
	label: string,
	timezone: string,
): AttributeValue | undefined {
	const chosen = String(type ?? 'asGiven');
	if (!isAttributeType(chosen)) {
		throw new UserError(`${label} has an unknown type`, {
			description: `The type for this item is ${describe(type)}. Use one of: ${Object.keys(TYPES).join(', ')}.`,
		});
	}
	if (isEmpty(value)) return undefined;
	const isText = typeof value === 'string';
	const { convert, expected, advice } = TYPES[chosen];
	const isNumber = Number.isFinite(value);
	// `asText` rejects rounded numbers.
	const text = isText || isNumber ? removeLoneSurrogates(asText(value, label)) : '';
	if (isText) assertNoLeftovers(text, label);
	const isNotFinite = typeof value === 'number' && !isNumber;
	const converted = isNotFinite ? undefined : convert(isText ? text : value, timezone);
	if (converted !== undefined) return converted;
	const given = typeof value === 'number' ? String(value) : describe(value);
	throw new UserError(`${label} is not ${expected}`, {
		description: `The value for this item is ${given}. ${advice}`,
	});
}
