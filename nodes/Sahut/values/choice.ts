import { UserError } from 'n8n-workflow';

import { cleanText } from './cleanText';
import { formatValue } from './formatValue';

/** Reads a field with fixed choices. @throws UserError if the value is not one of its stored values */
export function asChoice(value: unknown, allowed: string[], label: string): string {
	const given = typeof value === 'string' ? cleanText(value) : value;
	if (allowed.includes(given as string)) return given as string;
	throw new UserError(`${label} has an unknown value`, {
		description: `The value for this item is ${formatValue(value)}. Choose one from the list, or use an expression that returns one of: ${allowed.join(', ')}.`,
	});
}

/** Reads a boolean, or a text that is `true` or `false`. @throws UserError for any other value */
export function asFlag(value: unknown, label: string): boolean {
	if (typeof value === 'boolean') return value;
	if (value === 'true' || value === 'false') return value === 'true';
	throw new UserError(`${label} must be true or false`, {
		description: `The value for this item is ${formatValue(value)}. An expression must return true or false.`,
	});
}
