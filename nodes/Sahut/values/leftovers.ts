import { UserError } from 'n8n-workflow';

/**
 * An expression that n8n has not resolved. `{{1}}` and `{{name}}` are placeholders of a template, so the
 * expression must contain a `$`. The search for it ends at the next `{{`, so that it takes linear time.
 */
const UNRESOLVED = /\{\{(?:(?!\}\}|\{\{)[^])*?\$(?:(?!\}\})[^])*(?:\}\})?/;

const MAX_QUOTED_LENGTH = 60;

/** Texts that a failed expression leaves behind ("leftovers"), and how to fix the expression. */
const LEFTOVERS: Array<{ pattern: RegExp; advice: string }> = [
	{
		pattern: UNRESOLVED,
		advice: 'Switch the field from Fixed to Expression, so that n8n replaces it with the value.',
	},
	{
		pattern: /\[object [A-Z]\w*\]/,
		advice:
			'An expression returns an object. Use one that returns a single value, e.g. {{ $json.customer.name }}.',
	},
	{
		pattern: /\bInvalid Date(?:Time)?\b/,
		advice: 'An expression could not parse a date. Check the input field and its date format.',
	},
];

/** `undefined` and `NaN` as exact words. */
const NO_VALUE = /(?<![\p{L}\p{N}_])(?:undefined|NaN)(?![\p{L}\p{N}_])/u;
const NO_VALUE_ADVICE =
	'An expression has no value for this item. Check that the input has the fields that the expression uses.';

/** Quoted texts. Their author wrote `undefined` or `NaN` on purpose. */
const QUOTED =
	/"[^"\n]*"|“[^“”\n]*”|«[^«»\n]*»|‘[^‘’\n]*’|(?<!\p{L})'[^'\n]*'(?!\p{L})|`[^`\n]*`/gu;

/**
 * Throws if a text contains leftovers of a failed expression, such as `[object Object]`.
 *
 * @param isProse whether to reject the words `undefined` and `NaN` anywhere outside quotes, and not only
 * if they are the whole text
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
