import type { IDataObject } from 'n8n-workflow';

/** Normalizes a text: Unicode form NFC, single spaces as whitespace, and `''` for null and undefined. */
export function normalizeText(text: unknown): string {
	return String(text ?? '')
		.normalize('NFC')
		.replace(/\s+/g, ' ')
		.trim();
}

/** Returns the template values in a message's body without blank values. */
function valuesOf({ template_variables }: IDataObject): unknown[] {
	return Object.values(template_variables ?? {}).filter((value) => normalizeText(value) !== '');
}

/**
 * Patterns that must not precede or follow a value if it is a whole word, by the kind of its first or last
 * character: "450" is a whole word in "Rp450", but not in "450.000".
 */
const BOUNDARIES = [
	{ kind: /\p{L}/u, before: '\\p{L}', after: '\\p{L}' },
	{ kind: /\p{N}/u, before: '\\p{N}[.,]?', after: '[.,]?\\p{N}' },
];
const boundaryOf = (character = '') =>
	BOUNDARIES.find(({ kind }) => kind.test(character)) ?? { before: '(?!)', after: '(?!)' };

/** Returns a pattern for a template value as a whole word: "Ani" does not match "Anita" or "Maharani". */
function toWordPattern(value: unknown): RegExp {
	const text = normalizeText(value);
	const literal = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	const { before } = boundaryOf(text.at(0));
	const { after } = boundaryOf(text.at(-1));
	return new RegExp(`(?<!${before})${literal}(?!${after})`, 'u');
}

/** Whether a message can be recognized by its stored text. A template requires values for that. */
export function isIdentifiable(body: IDataObject): boolean {
	return 'content' in body || valuesOf(body).length > 0;
}

/**
 * Whether an agent or a bot is unlikely to write the same by chance: true for a text and for values with
 * a digit.
 */
export function isDistinctive(body: IDataObject): boolean {
	return 'content' in body || /\p{N}/u.test(Object.values(body.template_variables ?? {}).join());
}

/**
 * Returns a function that checks whether a stored text equals a message's text, or contains all its
 * values.
 */
export function createContentMatcher(body: IDataObject): (content: unknown) => boolean {
	if ('content' in body) {
		const text = normalizeText(body.content);
		return (content) => normalizeText(content) === text;
	}
	const values = valuesOf(body).map(toWordPattern);
	return (content) => values.every((value) => value.test(normalizeText(content)));
}

/** Whether a stored text shows the values of a template; undefined if the template has none. */
export function showsValues(body: IDataObject, content: string): boolean | undefined {
	return valuesOf(body).length === 0 ? undefined : createContentMatcher(body)(content);
}

/** Forms of true as text: the type of `private` in a response is not documented. */
const TRUE = new Set(['true', '1']);

/** Whether a message is an internal note; undefined if the response does not show this. */
export function isNote({ private: shown }: { private?: unknown }): boolean | undefined {
	return (shown ?? undefined) === undefined ? undefined : TRUE.has(String(shown).toLowerCase());
}

/** Returns a key that is equal for messages with the same text, or the same template and values. */
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
