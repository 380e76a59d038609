import { cleanText } from './cleanText';

/** Removes what a comparison of words ignores: case, accents, width, invisible characters, further whitespace. */
function normalize(text: string): string {
	const decomposed = cleanText(text).normalize('NFKD').replace(/\p{M}/gu, '');
	return decomposed.toLowerCase().replace(/\s+/g, ' ');
}

const isWordCharacter = (character: string | undefined) =>
	character !== undefined && /[\p{L}\p{N}_]/u.test(character);

/** Whether a text contains a phrase as whole words. Both are normalized. */
function containsWords(text: string, phrase: string): boolean {
	const [first, last] = [phrase.at(0), phrase.at(-1)].map(isWordCharacter);
	for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + 1)) {
		const isInsideWord =
			(first && isWordCharacter(text[at - 1])) ||
			(last && isWordCharacter(text[at + phrase.length]));
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
