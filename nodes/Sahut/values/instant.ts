import { tryToParseDateTime, UserError } from 'n8n-workflow';

import { isEmpty } from './cleanText';
import { formatValue } from './formatValue';

const TIME = String.raw`(?:\d{2}|\d(?=:))(?::?\d{2}(?::?\d{2}(?:[.,]\d+)?)?)?`;
const OFFSET = String.raw`z|utc|gmt|[+-]\d{2}(?::?\d{2})?`;

/**
 * ISO 8601 and SQL: `2024-03-15`, `2024-03-15T08:30:00Z`, `2024-03-15 08:30:00 +07:00`. Spreadsheets show
 * an hour with one digit: `2024-03-15 8:30:00`.
 */
const ISO_OR_SQL = new RegExp(
	`^(\\d{4})-(\\d{2})-(\\d{2})(?:[t ](${TIME})\\s*(${OFFSET})?)?$`,
	'i',
);

/** HTTP headers (RFC 9110, 5.6.7) and email headers: `Fri, 15 Mar 2024 08:30:00 GMT`, `… +0700`. */
const HTTP_OR_EMAIL = [
	/^[a-z]{3}, \d{2} [a-z]{3} \d{4} \d{2}:\d{2}:\d{2} gmt$/i,
	/^[a-z]{6,9}, \d{2}-[a-z]{3}-\d{2} \d{2}:\d{2}:\d{2} gmt$/i,
	/^[a-z]{3} [a-z]{3} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/i,
	/^(?:[a-z]{3}, )?\d{1,2} [a-z]{3} \d{4} \d{2}:\d{2}(?::\d{2})? [+-]\d{4}$/i,
];

/** Unix time from 2001 to 2286. A spreadsheet's serial date, such as 45356, has fewer digits. */
const UNIX_SECONDS = /^\d{10}(\.\d+)?$/;
const UNIX_MILLISECONDS = /^\d{13}$/;

/** Whether the calendar has this day: JavaScript turns February 30 into March 1. */
function isDay(year: number, month: number, day: number): boolean {
	const date = new Date(Date.UTC(year, month - 1, day));
	return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** Converts a text to a format that n8n's parser reads without guessing; undefined for other formats. */
function toParsable(text: string): string | undefined {
	const [, year, month, day, time, offset = ''] = ISO_OR_SQL.exec(text) ?? [];
	if (year === undefined)
		return HTTP_OR_EMAIL.some((format) => format.test(text)) ? text : undefined;
	if (!isDay(Number(year), Number(month), Number(day))) return undefined;
	const date = `${year}-${month}-${day}`;
	const fullTime = time?.replace(/^\d:/, '0$&');
	return fullTime === undefined
		? date
		: `${date}T${fullTime}${/^[ugz]/i.test(offset) ? 'Z' : offset}`;
}

function parseText(text: string, timezone: string): number | undefined {
	if (UNIX_SECONDS.test(text)) return Math.round(Number(text) * 1_000);
	if (UNIX_MILLISECONDS.test(text)) return Number(text);
	const parsable = toParsable(text);
	if (parsable === undefined) return undefined;
	try {
		return tryToParseDateTime(parsable, timezone).toMillis();
	} catch {
		return undefined;
	}
}

/**
 * Parses a point in time: ISO 8601, SQL, HTTP and email formats, Luxon and Date objects, Unix seconds and
 * milliseconds. Rejects formats whose meaning depends on the country, such as 05/03/2024.
 *
 * @param timezone the time zone of a value that has none, e.g. `Asia/Jakarta`
 * @returns milliseconds since the epoch; undefined if the value is not such a time
 */
export function parseInstant(value: unknown, timezone: string): number | undefined {
	if (typeof value === 'string' || typeof value === 'number') {
		return parseText(String(value).trim(), timezone);
	}
	const { toMillis, getTime } = Object(value) as { toMillis?: unknown; getTime?: unknown };
	const read = [toMillis, getTime].find((each) => typeof each === 'function');
	const instant: unknown = read ? Reflect.apply(read, value, []) : undefined;
	return typeof instant === 'number' && !Number.isNaN(instant) ? instant : undefined;
}

/** Parses as {@link parseInstant} does; undefined if the value is empty. @throws UserError if it cannot */
export function asInstant(value: unknown, label: string, timezone: string): number | undefined {
	if (isEmpty(value)) return undefined;
	const instant = parseInstant(value, timezone);
	if (instant !== undefined) return instant;
	throw new UserError(`${label} is not a valid date or time`, {
		description: `The value for this item is ${formatValue(value)}. Use a format such as 2024-03-15 or 2024-03-15T08:30:00Z.`,
	});
}
