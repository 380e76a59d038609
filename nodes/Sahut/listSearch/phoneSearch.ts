/** Whether what a person types into a search can be a part of a phone number. */
export function isPartOfPhone(text: string): boolean {
	return /^[\d\s()+.-]+$/.test(text);
}
