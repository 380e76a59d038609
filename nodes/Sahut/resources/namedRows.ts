import { UserError } from 'n8n-workflow';

import type { Row } from '../runtime/params';

/**
 * Reads rows of names and values, in their order, and returns name → value.
 *
 * @param label the name of a row in error messages, e.g. `Template variable`
 * @param toValue converts a value; if it returns undefined, the row is omitted
 * @throws UserError for a row without a name, or with the name of another one
 */
export function readNamedRows(
	rows: Row[],
	label: string,
	advice: { noName: string; twice: string },
	toValue: (value: string | undefined, name: string) => string | undefined,
): Record<string, string> {
	const values = new Map<string, string>();
	for (const [index, row] of rows.entries()) {
		const name = row.name?.trim() ?? '';
		if (name === '') {
			throw new UserError(`${label} ${index + 1} has no name`, { description: advice.noName });
		}
		if (values.has(name)) {
			throw new UserError(`${label} "${name}" is there twice`, { description: advice.twice });
		}
		const value = toValue(row.value, name);
		if (value !== undefined) values.set(name, value);
	}
	// `fromEntries` defines properties; an assignment to `__proto__` would be lost.
	return Object.fromEntries(values);
}
