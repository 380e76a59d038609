/**
 * Decimal digits of any style and full-width characters. Superscripts are excluded: in `0812-3456-789²`,
 * the 2 refers to a footnote.
 */
const OTHER_FORMS = /[\p{Nd}\uff01-\uff5e\ufe62\ufe63]/gu;

/**
 * Replaces full-width characters (`＋`, `＠`, `ａ`) and digits of other styles (`０`, `𝟎`) with the ASCII
 * characters to which Unicode's NFKC maps them.
 */
export function toHalfWidth(text: string): string {
	return text.replace(OTHER_FORMS, (character) => character.normalize('NFKC'));
}
