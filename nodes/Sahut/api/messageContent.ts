import type { IDataObject } from 'n8n-workflow';

/** A text with whitespace and line breaks as single spaces, in Unicode form NFC; nothing as `''`. */
export function normalizeText(text: unknown): string {
	return String(text ?? '')
		.normalize('NFC')
		.replace(/\s+/g, ' ')
		.trim();
}

/** The values of a template in a message's body, except blank ones. */
function valuesOf({ template_variables }: IDataObject): unknown[] {
	return Object.values(template_variables ?? {}).filter((value) => normalizeText(value) !== '');
}

/**
 * What must not be next to a value that begins or ends with such a character, if the value is a word of
 * its own: "450" is one in "Rp450", but not in "450.000".
 */
const BOUNDARIES = [
	{ kind: /\p{L}/u, before: '\\p{L}', behind: '\\p{L}' },
	{ kind: /\p{N}/u, before: '\\p{N}[.,]?', behind: '[.,]?\\p{N}' },
];
const boundaryOf = (character = '') =>
	BOUNDARIES.find(({ kind }) => kind.test(character)) ?? { before: '(?!)', behind: '(?!)' };

/** A template value as a word of its own, e.g. "Ani", but not in "Anita" or "Maharani". */
function asWord(value: unknown): RegExp {
	const text = normalizeText(value);
	const literal = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	const { before } = boundaryOf(text.at(0));
	const { behind } = boundaryOf(text.at(-1));
	return new RegExp(`(?<!${before})${literal}(?!${behind})`, 'u');
}

/** Whether a stored text can be recognized as this message: a template only by its values. */
export function isIdentifiable(body: IDataObject): boolean {
	return 'content' in body || valuesOf(body).length > 0;
}

/** Whether nobody else writes the same by chance: a name they may, an order number not. */
export function isDistinctive(body: IDataObject): boolean {
	return 'content' in body || /\p{N}/u.test(Object.values(body.template_variables ?? {}).join());
}

/** Returns a test for stored texts with the content of a message: the same text, or all values. */
export function matcherOf(body: IDataObject): (content: unknown) => boolean {
	if ('content' in body) {
		const text = normalizeText(body.content);
		return (content) => normalizeText(content) === text;
	}
	const values = valuesOf(body).map(asWord);
	return (content) => values.every((value) => value.test(normalizeText(content)));
}

/** Whether a stored text shows the values of a template; undefined if the template has none. */
export function showsValues(body: IDataObject, content: string): boolean | undefined {
	return valuesOf(body).length === 0 ? undefined : matcherOf(body)(content);
}

/** Equal for two bodies that are the same message: the same text, or template with the same values. */
export function contentKey(body: IDataObject): string {
	const { content, template_id, template_variables, private: isNote } = body;
	return JSON.stringify([
		normalizeText(content),
		template_id,
		Object.entries(template_variables ?? {})
			.map(([name, value]) => [name, normalizeText(value)])
			.sort(),
		Boolean(isNote),
	]);
}
