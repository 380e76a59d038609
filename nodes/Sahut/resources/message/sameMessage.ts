import type { IDataObject } from 'n8n-workflow';

import type { Message } from '../../transport/types';
import { toLine } from './toLine';

/**
 * What must not be beside a value that begins or ends with such a character, where it is a word of its
 * own: "450" is one in "Rp450", and none in "450.000".
 */
const BESIDE = [
	{ kind: /\p{L}/u, before: '\\p{L}', behind: '\\p{L}' },
	{ kind: /\p{N}/u, before: '\\p{N}[.,]?', behind: '[.,]?\\p{N}' },
];
const besideOf = (character = '') =>
	BESIDE.find(({ kind }) => kind.test(character)) ?? { before: '(?!)', behind: '(?!)' };

/** A value of a template as a word of its own, e.g. "Ani", but not in "Anita" or "Maharani". */
function asWords(value: unknown): RegExp {
	const text = toLine(value);
	const literal = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	const { before } = besideOf(text.at(0));
	const { behind } = besideOf(text.at(-1));
	return new RegExp(`(?<!${before})${literal}(?!${behind})`, 'u');
}

/** The values of a template in a body, but for blank ones. */
function valuesOf({ template_variables }: IDataObject): unknown[] {
	return Object.values(template_variables ?? {}).filter((value) => toLine(value) !== '');
}

/** Whether a stored message can be told to be this one: a template only by its values. */
export function canBeTold(body: IDataObject): boolean {
	return 'content' in body || valuesOf(body).length > 0;
}

/** Whether nobody else says the same by chance: a name they may, but not the number of an order. */
export function isTelling(body: IDataObject): boolean {
	return 'content' in body || /\p{N}/u.test(Object.values(body.template_variables ?? {}).join());
}

/**
 * Whether a stored message says what was sent; of a template, Sahut stores the result. How white space
 * is written may change on the way.
 */
export function saysTheSame(body: IDataObject): (message: Message) => boolean {
	if ('content' in body) return ({ content }) => toLine(content) === toLine(body.content);
	const values = valuesOf(body).map(asWords);
	// Of a template without values nothing is known but that no person has written it.
	if (values.length === 0) return ({ sender }) => sender?.type === 'bot';
	return ({ content }) => values.every((value) => value.test(toLine(content)));
}

/**
 * Whether a note and a message to the customer are kept apart as they were sent. That lists say which
 * of the two a message is, is not documented.
 */
export function isAsPrivate({ private: isNote }: Message, body: IDataObject): boolean | undefined {
	return isNote === undefined && body.private
		? undefined
		: Boolean(isNote) === Boolean(body.private);
}

/** Whether two bodies are the same message: the same text, or the same template with the same values. */
export function isSameBody(a: IDataObject, b: IDataObject): boolean {
	const asLines = ({ content, template_id, template_variables, private: isNote }: IDataObject) =>
		JSON.stringify([
			toLine(content),
			template_id,
			Object.entries(template_variables ?? {})
				.map(([name, value]) => [name, toLine(value)])
				.sort(),
			Boolean(isNote),
		]);
	return asLines(a) === asLines(b);
}
