import { cleanText } from './cleanText';

/**
 * Removes accents, which are marks of any script. Keeps marks of a certain script, such as the vowel signs of Indic
 * scripts: they distinguish words.
 */
const removeAccents = (text: string) => text.replace(/(?=\p{M})\p{Script=Inherited}/gu, '');

/** Removes the marks of a letter after the eighth: no language has so many, and NFKD sorts them in quadratic time. */
const limitMarks = (text: string) => text.replace(/(\p{M}{8})\p{M}+/gu, '$1');

/**
 * Underscores before or after a word. WhatsApp shows `_word_` in italics; within a word, as in `order_id`, they belong
 * to it.
 */
const ITALICS = /(?<![\p{L}\p{M}\p{N}_])_+|(?<!_)_+(?![\p{L}\p{M}\p{N}_])/gu;

/**
 * Removes what a comparison of words ignores: case, accents, width, italics, invisible characters, and
 * repeated whitespace.
 */
function normalize(text: string): string {
	const decomposed = limitMarks(cleanText(text)).normalize('NFKD');
	return removeAccents(decomposed).toLowerCase().replace(ITALICS, ' ').replace(/\s+/g, ' ').trim();
}

const STARTS_WITH_WORD = /^[\p{L}\p{M}\p{N}_]/u;
const ENDS_WITH_WORD = /[\p{L}\p{M}\p{N}_]$/u;

/** Whether a text contains a phrase as whole words. Both are normalized. */
function containsWords(text: string, phrase: string): boolean {
	const [first, last] = [STARTS_WITH_WORD.test(phrase), ENDS_WITH_WORD.test(phrase)];
	for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1)) {
		const isInsideWord =
			// A character has up to two UTF-16 code units.
			(first && ENDS_WITH_WORD.test(text.slice(Math.max(at - 2, 0), at))) ||
			(last && STARTS_WITH_WORD.test(text.slice(at + phrase.length, at + phrase.length + 2)));
		if (!isInsideWord) return true;
	}
	return false;
}

/**
 * Finds the first of several words or phrases that a text contains as whole words: `harga` is in "berapa HARGA?",
 * but not in "hargai". Ignores case, accents, width, invisible characters and the amount of whitespace.
 *
 * @returns the phrase as given; undefined if the text contains none
 */
export function findPhrase(text: string, phrases: string[]): string | undefined {
	const normalized = normalize(text);
	return phrases.find((phrase) => {
		const wanted = normalize(phrase);
		return wanted !== '' && containsWords(normalized, wanted);
	});
}
