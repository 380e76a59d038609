import { isSameAttribute } from './attributeValues';

/** Whether two lists have the same entries in any order. A list that is null or missing has no entries. */
function isSameList(actual: unknown, wanted: unknown[]): boolean {
	const list: unknown = actual ?? [];
	return (
		Array.isArray(list) &&
		list.length === wanted.length &&
		wanted.every((each) => list.includes(each))
	);
}

/** Whether a value equals a text. Sahut may return a number although the node sent a text. */
function isSameText(actual: unknown, wanted: string): boolean {
	const isConverted = typeof actual === 'number' || typeof actual === 'boolean';
	return isConverted ? String(actual) === wanted : actual === wanted;
}

/** Whether custom attributes have all wanted entries; they may have further entries. */
function containsAttributes(actual: unknown, wanted: object): boolean {
	return (
		typeof actual === 'object' &&
		actual !== null &&
		Object.entries(wanted).every(
			([name, value]) =>
				Object.hasOwn(actual, name) && isSameAttribute(Reflect.get(actual, name), value),
		)
	);
}

/**
 * Whether a complete record has all values of a request body. Do not use it for a list row: there, the
 * value of a missing field is unknown.
 *
 * @param actual the record, with the same field names as the body
 * @param wanted the body: texts, lists of texts, custom attributes; null for no value
 */
export function containsValues(actual: object, wanted: object): boolean {
	return Object.entries(wanted).every(([name, value]: [string, unknown]) => {
		const found: unknown = Reflect.get(actual, name);
		if (Array.isArray(value)) return isSameList(found, value);
		if (typeof value === 'string') return isSameText(found, value);
		if (typeof value === 'object' && value !== null) return containsAttributes(found, value);
		return found === value;
	});
}
