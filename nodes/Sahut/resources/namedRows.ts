import { UserError } from 'n8n-workflow';

import type { Row } from '../runtime/params';

/**
 * Reads rows of a name and a value, in their order.
 *
 * @param label what messages call a row: `Template variable`
 * @param toValue undefined leaves the row out
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
	// fromEntries defines properties, where an assignment to `__proto__` would be lost.
	return Object.fromEntries(values);
}
