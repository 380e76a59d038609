import { UserError } from 'n8n-workflow';

import type { Row } from '../../runtime/params';
import { readNamedRows } from '../namedRows';

/** Name → value of the placeholders of a WhatsApp template. Any name is allowed, even `__proto__`. */
export type TemplateVariables = Record<string, string>;

/**
 * Removes from a value what Meta refuses: line breaks, tabs and more than four spaces in a row become one
 * space.
 */
function asWhatsAppTakes(value: string): string {
	return value.replace(/\s*[\t\n\v\f\r\u0085\u2028\u2029]\s*|[^\S\t\n\v\f\r]{5,}/gu, ' ').trim();
}

const VARIABLE_ADVICE = {
	noName: 'Enter the name of the placeholder as it stands in the template.',
	twice: 'Keep one of the two: a placeholder has one value.',
};

/**
 * Converts rows of names and values to variables, in their order.
 *
 * @throws UserError for a variable without a name, with the name of another one, or with a blank value
 */
export function toTemplateVariables(rows: Row[]): TemplateVariables {
	return readNamedRows(rows, 'Template variable', VARIABLE_ADVICE, (given = '', name) => {
		const value = asWhatsAppTakes(given);
		// Invisible characters count as blank.
		if (!/^[\s\p{Cf}]*$/u.test(value)) return value;
		throw new UserError(`Template variable "${name}" has no value`, {
			description:
				'WhatsApp accepts no blank values. Enter a value, or check that the expression has one for this item.',
		});
	});
}

/** Returns all names in the text of a flat JSON object, with repetitions, which parsing would drop. */
function namesInFlatJson(text: string): string[] {
	return [...text.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?/g)]
		.filter(([, , colon]) => colon !== undefined)
		.map(([, name]) => JSON.parse(name!) as string);
}

function parseJson(text: string): { value: unknown } | { reason: string } {
	try {
		return { value: JSON.parse(text) };
	} catch (error) {
		return { reason: error instanceof Error ? error.message : String(error) };
	}
}

/**
 * Parses variables from a JSON text, or from an object, which is the result of an expression.
 *
 * @throws UserError if it is not a flat object of strings, numbers and booleans, and as
 * {@link toTemplateVariables} does
 */
export function parseTemplateVariables(json: unknown): TemplateVariables {
	const wanted = {
		description:
			'Use one object of texts, numbers or booleans, e.g. { "customer_name": "Budi", "total": "Rp 450.000" }.',
	};
	const text = typeof json === 'string' ? json.trim() : undefined;
	if (text === '') return {};
	const result = text === undefined ? { value: json } : parseJson(text);
	if ('reason' in result) {
		throw new UserError(`Template Variables (JSON) is not valid JSON: ${result.reason}`, wanted);
	}
	const parsed = result.value;
	if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
		throw new UserError('Template Variables (JSON) is not an object', wanted);
	}
	for (const [name, value] of Object.entries(parsed)) {
		if (!['string', 'number', 'boolean'].includes(typeof value)) {
			const found = value === null ? 'null' : Array.isArray(value) ? 'a list' : 'an object';
			throw new UserError(`Template variable "${name}" is ${found}, not a text`, wanted);
		}
	}
	const values = new Map(Object.entries(parsed));
	const names = text === undefined ? [...values.keys()] : namesInFlatJson(text);
	return toTemplateVariables(names.map((name) => ({ name, value: String(values.get(name)) })));
}
