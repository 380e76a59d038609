/** A text with all white space and line breaks as single spaces, each letter in one form; nothing as `''`. */
export function toLine(text: unknown): string {
	return String(text ?? '')
		.normalize('NFC')
		.replace(/\s+/g, ' ')
		.trim();
}
