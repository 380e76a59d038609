import { UserError } from 'n8n-workflow';

/**
 * An expression that n8n has not resolved. `{{1}}` and `{{name}}` are placeholders of a template. A search
 * for the `$` ends at the next `{{`, which keeps the time linear.
 */
const UNRESOLVED = /\{\{(?:(?!\}\}|\{\{)[^])*?\$(?:(?!\}\})[^])*(?:\}\})?/;

const MAX_QUOTED_LENGTH = 60;

/** What a failed expression leaves in a text, and what to do about it. */
const LEFTOVERS: Array<{ pattern: RegExp; advice: string }> = [
	{
		pattern: UNRESOLVED,
		advice: 'Switch the field from Fixed to Expression, so that n8n replaces it with the value.',
	},
	{
		pattern: /\[object [A-Z]\w*\]/,
		advice:
			'An expression returns an object. Point it at a single value, e.g. {{ $json.customer.name }}.',
	},
	{
		pattern: /\bInvalid Date(?:Time)?\b/,
		advice:
			'An expression returns a date that could not be parsed. Check the column and its date format.',
	},
];

/** `undefined` and `NaN` as exact words. */
const NO_VALUE = /(?<![\p{L}\p{N}_])(?:undefined|NaN)(?![\p{L}\p{N}_])/u;
const NO_VALUE_ADVICE =
	'An expression has no value for this item. Check that the input has a column of this name.';

/** Quoted words, which somebody has written on purpose. */
const QUOTED =
	/"[^"\n]*"|“[^“”\n]*”|«[^«»\n]*»|‘[^‘’\n]*’|(?<!\p{L})'[^'\n]*'(?!\p{L})|`[^`\n]*`/gu;

/**
 * Throws if a text contains something that a failed expression leaves behind.
 *
 * @param isProse whether the words `undefined` and `NaN` are rejected anywhere outside quotes; otherwise
 * only if they are the whole text
 * @throws UserError that names the field and the likely cause
 */
export function assertNoLeftovers(text: string, label: string, isProse = false): void {
	for (const { pattern, advice } of LEFTOVERS) {
		const [found] = pattern.exec(text) ?? [];
		if (found !== undefined) throw leftoverError(label, found, advice);
	}
	const unquoted = isProse ? text.replace(QUOTED, '') : text.trim();
	const [found] = NO_VALUE.exec(unquoted) ?? [];
	if (found !== undefined && (isProse || found === unquoted)) {
		throw leftoverError(label, found, NO_VALUE_ADVICE);
	}
}

function leftoverError(label: string, found: string, description: string): UserError {
	const shown = found.length > MAX_QUOTED_LENGTH ? `${found.slice(0, MAX_QUOTED_LENGTH)}…` : found;
	return new UserError(`${label} contains ${JSON.stringify(shown)}`, { description });
}
