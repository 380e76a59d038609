import type { IDataObject } from 'n8n-workflow';

/** Normalizes a text: whitespace becomes single spaces, Unicode form NFC, null and undefined `''`. */
export function normalizeText(text: unknown): string {
	return String(text ?? '')
		.normalize('NFC')
		.replace(/\s+/g, ' ')
		.trim();
}

/** Returns the template values in a message's body, except blank ones. */
function valuesOf({ template_variables }: IDataObject): unknown[] {
	return Object.values(template_variables ?? {}).filter((value) => normalizeText(value) !== '');
}

/**
 * Patterns that must not precede or follow a value for it to be a whole word, by the kind of its first or
 * last character: "450" is a whole word in "Rp450", but not in "450.000".
 */
const BOUNDARIES = [
	{ kind: /\p{L}/u, before: '\\p{L}', behind: '\\p{L}' },
	{ kind: /\p{N}/u, before: '\\p{N}[.,]?', behind: '[.,]?\\p{N}' },
];
const boundaryOf = (character = '') =>
	BOUNDARIES.find(({ kind }) => kind.test(character)) ?? { before: '(?!)', behind: '(?!)' };

/** Returns a pattern for a template value as a whole word: "Ani", but not in "Anita" or "Maharani". */
function asWord(value: unknown): RegExp {
	const text = normalizeText(value);
	const literal = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	const { before } = boundaryOf(text.at(0));
	const { behind } = boundaryOf(text.at(-1));
	return new RegExp(`(?<!${before})${literal}(?!${behind})`, 'u');
}

/** Whether a stored text can show that it is this message. A template needs values for that. */
export function isIdentifiable(body: IDataObject): boolean {
	return 'content' in body || valuesOf(body).length > 0;
}

/** Whether an agent or a bot is unlikely to write the same by chance: a text, or values with a digit. */
export function isDistinctive(body: IDataObject): boolean {
	return 'content' in body || /\p{N}/u.test(Object.values(body.template_variables ?? {}).join());
}

/** Returns a test for stored texts with the content of a message: the same text, or all values. */
export function createContentMatcher(body: IDataObject): (content: unknown) => boolean {
	if ('content' in body) {
		const text = normalizeText(body.content);
		return (content) => normalizeText(content) === text;
	}
	const values = valuesOf(body).map(asWord);
	return (content) => values.every((value) => value.test(normalizeText(content)));
}

/** Whether a stored text shows the values of a template; undefined if the template has none. */
export function showsValues(body: IDataObject, content: string): boolean | undefined {
	return valuesOf(body).length === 0 ? undefined : createContentMatcher(body)(content);
}

/** Texts that mean true: the type of `private` in a response is not documented. */
const TRUE = new Set(['true', '1']);

/** Whether a message is an internal note; undefined if the response does not show this. */
export function isNote({ private: shown }: { private?: unknown }): boolean | undefined {
	return (shown ?? undefined) === undefined ? undefined : TRUE.has(String(shown).toLowerCase());
}

/** Returns a text that is equal for equal messages: the same text, or template with the same values. */
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
