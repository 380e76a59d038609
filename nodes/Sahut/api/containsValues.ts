/** Compares as text: Sahut may store a number or a boolean although a text was sent. */
function isSameText(actual: unknown, wanted: string): boolean {
	const isConverted = typeof actual === 'number' || typeof actual === 'boolean';
	return isConverted ? String(actual) === wanted : actual === wanted;
}

/**
 * Whether a value has all wanted values. Lists match in any order; objects may have further entries. A
 * list that is null or missing counts as empty.
 */
export function containsValues(actual: unknown, wanted: unknown): boolean {
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
		Object.entries(wanted).every(([name, value]) =>
			containsValues(Reflect.get(actual, name), value),
		)
	);
}
