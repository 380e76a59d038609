/**
 * Characters that take no space on the screen: zero-width spaces, marks of text direction, soft hyphens,
 * variation selectors, fillers (Unicode's `Default_Ignorable_Code_Point`), control characters, and the
 * empty Braille pattern.
 */
const INVISIBLE = '\\p{Default_Ignorable_Code_Point}\\p{Cf}\\u2800';
const INVISIBLE_CHARACTERS = new RegExp(`[${INVISIBLE}]|(?!\\s)\\p{Cc}`, 'gu');
/** One character class: alternatives that both match a line break would take exponential time. */
const BLANK = new RegExp(`^[\\s${INVISIBLE}\\p{Cc}]*$`, 'u');

/**
 * Removes invisible characters and surrounding whitespace, which a copied ID, number or address may
 * contain. Not for texts that people read: emoji contain such characters.
 */
export function cleanText(text: string): string {
	return text.replace(INVISIBLE_CHARACTERS, '').trim();
}

/** Whether a text contains only whitespace and invisible characters. */
export function isBlank(text: string): boolean {
	return BLANK.test(text);
}

/** Whether a value is missing, null or a blank text. */
export function isEmpty(value: unknown): boolean {
	return value === undefined || value === null || (typeof value === 'string' && isBlank(value));
}
