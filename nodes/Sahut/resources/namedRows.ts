import { UserError } from 'n8n-workflow';

import { cleanText } from '../values/cleanText';
import { assertNoLeftovers } from '../values/leftovers';
import { asText } from '../values/text';

/**
 * Reads rows of names and values, in their order, and returns name → value.
 *
 * @param label the name of a row in error messages, e.g. `Template variable`
 * @param toValue converts the value of a row; if it returns undefined, the row is omitted
 * @param toName converts the name of a row
 * @throws UserError for a row without a name, with a name that is defined twice, or with leftovers of a
 * failed expression in its name
 */
export function readNamedRows<Cell, Value>(
	rows: ReadonlyArray<Readonly<Record<string, Cell>>>,
	label: string,
	advice: { noName: string; twice: string },
	toValue: (
		value: Cell | undefined,
		name: string,
		row: Readonly<Record<string, Cell>>,
	) => Value | undefined,
	toName: (name: string) => string = (name) => name,
): Record<string, Value> {
	const values = new Map<string, Value>();
	for (const [index, row] of rows.entries()) {
		const nameLabel = `The name of ${label.toLowerCase()} ${index + 1}`;
		const given = cleanText(asText(row.name, nameLabel));
		assertNoLeftovers(given, nameLabel);
		const name = toName(given);
		if (name === '') {
			throw new UserError(`${label} ${index + 1} has no name`, { description: advice.noName });
		}
		if (values.has(name)) {
			throw new UserError(`${label} "${name}" is defined twice`, { description: advice.twice });
		}
		const value = toValue(row.value, name, row);
		if (value !== undefined) values.set(name, value);
	}
	// `fromEntries` defines properties; an assignment to `__proto__` would be lost.
	return Object.fromEntries(values);
}
