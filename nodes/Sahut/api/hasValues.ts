/** Sahut may keep a number or a flag as what it is, where a text was sent. */
function isSameText(actual: unknown, wanted: string): boolean {
	const isText = typeof actual === 'number' || typeof actual === 'boolean';
	return isText ? String(actual) === wanted : actual === wanted;
}

/**
 * Whether a record has all that is wanted of it: lists in any order, of objects the wanted entries. A
 * list that is null or not there is empty.
 */
export function hasValues(actual: unknown, wanted: unknown): boolean {
	if (Array.isArray(wanted)) {
		const list = actual ?? [];
		return (
			Array.isArray(list) &&
			list.length === wanted.length &&
			wanted.every((each) => list.includes(each))
		);
	}
	if (typeof wanted === 'string') return isSameText(actual, wanted);
	if (typeof wanted !== 'object' || wanted === null) return actual === wanted;
	return (
		typeof actual === 'object' &&
		actual !== null &&
		Object.entries(wanted).every(([name, value]) => hasValues(Reflect.get(actual, name), value))
	);
}
