/** A date, with or without a time, as ISO 8601: `2026-11-30`, `2026-11-30T01:30:00.000Z`. */
const DATE = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d))?$/i;

const MIDNIGHT = /^00:00(?::00(?:\.0+)?)?$/;

/** A number as text, without leading zeros. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

const CHECKED = new Set<unknown>([true, 'true', 1, '1']);
const UNCHECKED = new Set<unknown>([false, 'false', 0, '0']);

/**
 * Whether two texts are the same date or the same point in time. Recognizes dates by their format, because
 * the type that the user chose is unknown after a lost response. A date without a time equals midnight of
 * that day.
 */
function isSameDate(one: string, other: string): boolean {
	const [, oneDay, oneTime] = DATE.exec(one) ?? [];
	const [, otherDay, otherTime] = DATE.exec(other) ?? [];
	if (oneDay === undefined || otherDay === undefined) return false;
	if (oneTime !== undefined && otherTime !== undefined)
		return Date.parse(one) === Date.parse(other);
	return oneDay === otherDay && MIDNIGHT.test(oneTime ?? otherTime ?? '');
}

/** Whether two lists have equal entries in the same order. */
function isSameList(one: unknown[], other: unknown[]): boolean {
	return one.length === other.length && one.every((each, i) => isSameAttribute(each, other[i]));
}

/** Whether two objects have the same names with equal values. */
function isSameObject(one: object, other: object): boolean {
	const entries = Object.entries(one);
	return (
		entries.length === Object.keys(other).length &&
		entries.every(
			([name, value]) =>
				Object.hasOwn(other, name) && isSameAttribute(value, Reflect.get(other, name)),
		)
	);
}

/**
 * Whether a custom attribute has the wanted value. Converts values of different JSON types, since Sahut may
 * store a value in another type than the node sent. Compares two texts as texts: `08123` is not `8123`.
 *
 * @param actual Sahut's value
 * @param wanted the value that will be or was sent
 */
export function isSameAttribute(actual: unknown, wanted: unknown): boolean {
	if ((actual ?? null) === (wanted ?? null)) return true;
	if (typeof actual === 'string' && typeof wanted === 'string') return isSameDate(actual, wanted);
	if (typeof actual === 'boolean' || typeof wanted === 'boolean') {
		return [CHECKED, UNCHECKED].some((values) => values.has(actual) && values.has(wanted));
	}
	// A text that is not the plain form of the number, such as a code with a leading zero, is another value.
	if (typeof wanted === 'string') return typeof actual === 'number' && String(actual) === wanted;
	if (typeof wanted === 'number') {
		return typeof actual === 'string' && NUMBER.test(actual) && Number(actual) === wanted;
	}
	if (Array.isArray(actual) && Array.isArray(wanted)) return isSameList(actual, wanted);
	if (Array.isArray(actual) || Array.isArray(wanted)) return false;
	const areObjects = typeof actual === 'object' && typeof wanted === 'object' && actual && wanted;
	return areObjects ? isSameObject(actual, wanted) : false;
}
