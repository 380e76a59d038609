import { cleanText } from './cleanText';

/** Quotes around a tag, as a CSV cell or a list from a model has them. */
const QUOTES = /^[\s"'“”‘’«»`]+|[\s"'“”‘’«»`]+$/g;

/**
 * Normalizes a tag for comparison: ignores case, width, invisible characters, quotes around it and the
 * amount of whitespace.
 */
export function normalizeTag(tag: string): string {
	const clean = cleanText(tag.normalize('NFKC')).replace(/\s+/g, ' ').toLowerCase();
	// A tag of quotes alone stays one.
	return clean.replace(QUOTES, '') || clean;
}
