import { UserError } from 'n8n-workflow';

import { isBlank } from '../../values/cleanText';
import { assertNoLeftovers } from '../../values/leftovers';
import type { Row } from '../../values/rows';
import { asText, removeLoneSurrogates } from '../../values/text';
import { readNamedRows } from '../namedRows';

/** Name → value of the variables of a WhatsApp template. Any name is allowed, even `__proto__`. */
export type TemplateVariables = Record<string, string>;

/**
 * Converts a value to one that Meta accepts: removes lone surrogates, and replaces line breaks, tabs and
 * more than four spaces in a row with one space.
 */
function toAcceptedValue(value: string): string {
	const wellFormed = removeLoneSurrogates(value);
	return wellFormed
		.replace(/\s*[\t\n\v\f\r\u0085\u2028\u2029]\s*|[^\S\t\n\v\f\r]{5,}/gu, ' ')
		.trim();
}

const JSON_LABEL = 'Template Variables (JSON)';
const MAX_SHOWN_LENGTH = 100;

const VARIABLE_ADVICE = {
	noName: 'Enter the name of the variable, exactly as in the template.',
	twice: 'Remove one of the two: a variable can have only one value.',
};

/** Removes the braces of a placeholder: returns `customer_name` for `{{ customer_name }}`. */
function toBareName(name: string): string {
	return name.replace(/^\{\{\s*([^{}]*?)\s*\}\}$/, '$1');
}

function noValueError(name: string): UserError {
	return new UserError(`Template variable "${name}" has no value`, {
		description:
			'WhatsApp does not accept empty values. Enter a value. If an expression provides it, check that it has a value for this item.',
	});
}

/**
 * Converts rows of names and values to variables, in their order.
 *
 * @throws UserError for a variable without a name, with a name that is defined twice, with a blank value,
 * or with leftovers of a failed expression in its value
 */
export function toTemplateVariables(rows: Row[]): TemplateVariables {
	const toValue = (given: Row[string], name: string) => {
		const value = toAcceptedValue(given ?? '');
		assertNoLeftovers(value, `Template variable "${name}"`, true);
		if (!isBlank(value)) return value;
		throw noValueError(name);
	};
	return readNamedRows<Row[string], string>(
		rows,
		'Template variable',
		VARIABLE_ADVICE,
		toValue,
		toBareName,
	);
}

/** Returns all names in the text of a flat JSON object, with repetitions, which parsing would drop. */
function namesInFlatJson(text: string): string[] {
	return [...text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?/g)]
		.filter(([, , colon]) => colon !== undefined)
		.map(([, name]) => String(JSON.parse(name!)));
}

/** An entry of a flat JSON object, with the `{` or `,` before it. */
const JSON_ENTRY =
	/\s*[{,]\s*"(?:[^"\\\p{Cc}]|\\.)*"\s*:\s*(?:"(?:[^"\\\p{Cc}]|\\.)*"|[-+.\w]+)(?=\s*[,}])/uy;

/** Returns the number, from 1, and the text of the first invalid line in a flat JSON object. */
function findInvalidLine(text: string): { number: number; line: string } {
	JSON_ENTRY.lastIndex = 0;
	let end = 0;
	while (JSON_ENTRY.test(text)) end = JSON_ENTRY.lastIndex;
	const start = end + (/^[\s{,]*/.exec(text.slice(end))?.[0].length ?? 0);
	const number = text.slice(0, start).split('\n').length;
	return { number, line: text.split('\n')[number - 1]!.trim() };
}

/** Parses a JSON text. @throws UserError that names the invalid line */
function parseJson(text: string): unknown {
	const parsed = tryParse(text);
	if (parsed) return parsed.value;
	assertNoLeftovers(text, JSON_LABEL);
	const { number, line } = findInvalidLine(text);
	const shown = line.length > MAX_SHOWN_LENGTH ? `${line.slice(0, MAX_SHOWN_LENGTH)}…` : line;
	throw new UserError(`${JSON_LABEL} is not valid JSON in line ${number}: ${shown}`, {
		description:
			'A value from an expression may contain quotes or line breaks. Set Template Variables Input to Using Fields Below, which accepts any text.',
	});
}

function tryParse(text: string): { value: unknown } | undefined {
	try {
		return { value: JSON.parse(text) };
	} catch {
		return undefined;
	}
}

/**
 * Parses variables from a JSON text, or from an object, which is the result of an expression.
 *
 * @throws UserError if it is not a flat object of strings, numbers and booleans, and as
 * {@link toTemplateVariables} does
 */
export function parseTemplateVariables(json: unknown): TemplateVariables {
	const advice = {
		description:
			'Enter one JSON object with texts, numbers or booleans as values, e.g. { "customer_name": "Budi", "total": "Rp 450.000" }.',
	};
	const text = typeof json === 'string' ? json.trim() : undefined;
	if (text === '') return {};
	const parsed = text === undefined ? json : parseJson(text);
	if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
		throw new UserError(`${JSON_LABEL} is not an object`, advice);
	}
	for (const [name, value] of Object.entries(parsed)) {
		if (!['string', 'number', 'boolean'].includes(typeof value)) {
			if (value === undefined) throw noValueError(name);
			const kind = value === null ? 'null' : Array.isArray(value) ? 'a list' : 'an object';
			throw new UserError(`Template variable "${name}" is ${kind}, not text`, advice);
		}
	}
	const values = new Map(Object.entries(parsed));
	const names = text === undefined ? [...values.keys()] : namesInFlatJson(text);
	return toTemplateVariables(
		names.map((name) => ({
			name,
			value: asText(values.get(name), `Template variable "${name}"`),
		})),
	);
}
