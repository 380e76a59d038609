import { byAge } from '../../transport/byAge';
import { fetchList } from '../../transport/pagination';
import type { Contact, SahutClient } from '../../transport/types';
import { INDONESIA, isSamePhone, nationalDigits } from '../phoneNumber';

/**
 * What tells one contact from another: a phone number as E.164, or an email address.
 * `countryCode` is what a 0 at the beginning of a number stands for that was stored as it was typed;
 * `inAnyForm` asks for all who have it, in whatever form.
 */
export type ContactKey =
	| { phone: string; countryCode?: string; inAnyForm?: boolean }
	| { email: string };

/** Two that mean the same contact are alike. */
export function keyText(key: ContactKey): string {
	return 'phone' in key ? key.phone : key.email.trim().toLowerCase();
}

/** All keys that a contact with these fields has. */
export function keysIn({ phone, email }: { phone?: string; email?: string }): ContactKey[] {
	return [...(phone ? [{ phone }] : []), ...(email ? [{ email }] : [])];
}

/** The lane of all that is done for this contact. */
export function laneOf(key: ContactKey): string {
	return `${'phone' in key ? 'phone' : 'email'} ${keyText(key)}`;
}

/** Whether a contact has this phone number, or this email address in whatever case. */
export function hasKey({ phone, email }: Contact, key: ContactKey): boolean {
	if ('email' in key) return email?.toLowerCase() === keyText(key);
	return isSamePhone(phone, key.phone, key.countryCode ?? INDONESIA);
}

/** What to search for, one after the other, until somebody is found: numbers may be stored as typed. */
export function searchTexts(key: ContactKey): string[] {
	if ('email' in key) return [key.email.trim()];
	const texts = [key.phone, nationalDigits(key.phone, key.countryCode ?? INDONESIA)];
	return key.inAnyForm ? texts.reverse() : texts;
}

/**
 * The wanted ones of those that the first of these texts finds, the oldest first. `GET /contacts?q=…`
 * also finds what only resembles the text, so each result is looked at.
 *
 * @throws NodeApiError when contacts cannot be read.
 */
export async function searchContacts(
	sahut: SahutClient,
	texts: string[],
	isWanted: (contact: Contact) => boolean,
): Promise<Contact[]> {
	for (const q of texts) {
		const list = { path: ['contacts'], query: { q }, subject: `contact "${texts[0]}"` };
		const found = (await fetchList<Contact>(sahut, list)).filter(isWanted);
		if (found.length > 0) return found.sort(byAge);
	}
	return [];
}

/**
 * The contacts with exactly this phone number or email address. The oldest comes first: it stays the
 * same one when duplicates are added later, and it has the history with the customer.
 *
 * @throws NodeApiError when contacts cannot be read.
 */
export async function findContacts(sahut: SahutClient, key: ContactKey): Promise<Contact[]> {
	return await searchContacts(sahut, searchTexts(key), (contact) => hasKey(contact, key));
}
