import { UserError } from 'n8n-workflow';

import { isEmpty } from './cleanText';
import { formatValue } from './formatValue';
import { assertNoLeftovers } from './leftovers';
import { asText } from './text';

/** A row of a fixed collection: column → text, if given. */
export type Row = Readonly<Record<string, string | undefined>>;

/**
 * Reads the rows of a fixed collection, with unchanged cells: a number stays a number.
 *
 * @throws UserError if the value is not an object or a list of objects
 */
export function asRows(value: unknown, label: string): Array<Record<string, unknown>> {
	if (isEmpty(value)) return [];
	const rows: unknown[] = Array.isArray(value) ? value : [value];
	if (rows.every((row) => typeof row === 'object' && row !== null && !Array.isArray(row))) {
		return rows as Array<Record<string, unknown>>;
	}
	throw new UserError(`${label} must be a list of objects, but is ${formatValue(value)}`, {
		description: 'Use an expression that returns a list with one object for each row.',
	});
}

/** Reads rows of texts. @throws UserError for lists, objects and leftovers of a failed expression */
export function asTextRows(value: unknown, label: string): Row[] {
	return asRows(value, label).map((row, index) => {
		const cells = Object.entries(row).filter(([, cell]) => (cell ?? null) !== null);
		const texts = cells.map(([column, cell]) => {
			const labelOfCell = `${label}: the ${column} in row ${index + 1}`;
			const text = asText(cell, labelOfCell);
			assertNoLeftovers(text, labelOfCell);
			return [column, text];
		});
		return Object.fromEntries(texts) as Row;
	});
}
