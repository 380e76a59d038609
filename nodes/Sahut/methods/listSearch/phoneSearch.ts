/** Whether what a person types into a search can be a part of a phone number. */
export function isPartOfPhone(text: string): boolean {
	return /^[\d\s()+.-]+$/.test(text);
}

/** `0812-3456` and `+62 812 3456` are the same number to who searches for it. */
export function subscriberDigits(phone: string): string {
	return phone.replace(/\D/g, '').replace(/^(0+|62)/, '');
}
