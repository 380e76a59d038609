import { cleanText } from './cleanText';

/** Normalizes a tag for comparison: ignores case, width, invisible characters and the amount of whitespace. */
export function normalizeTag(tag: string): string {
	return cleanText(tag.normalize('NFKC')).replace(/\s+/g, ' ').toLowerCase();
}
