import { cleanText } from './cleanText';

/** Quotes around a tag, which a CSV cell or a list from an AI model may contain. */
const QUOTES = /^[\s"'“”‘’«»`]+|[\s"'“”‘’«»`]+$/g;

/**
 * Normalizes a tag for comparison: ignores case, width, invisible characters, quotes around it and the
 * amount of whitespace.
 */
export function normalizeTag(tag: string): string {
	const clean = cleanText(tag.normalize('NFKC')).replace(/\s+/g, ' ').toLowerCase();
	// A tag that consists only of quotes stays as it is.
	return clean.replace(QUOTES, '') || clean;
}
