/** A text with all white space and line breaks as single spaces; nothing as `''`. */
export function toLine(text: unknown): string {
	return String(text ?? '')
		.replace(/\s+/g, ' ')
		.trim();
}
