import { byAge } from '../transport/byAge';
import { openPages } from '../transport/pages';
import { collect, fetchList } from '../transport/pagination';
import { hasId } from '../transport/repeats';
import type { Contact, SahutClient } from '../transport/types';
import { upwards } from '../transport/walks';
import { emailKey } from '../values/emailAddress';
import { INDONESIA, isSamePhone } from '../values/phoneNumber';

/**
 * Identifies a contact by a phone number (E.164) or an email address. `countryCode` replaces the leading
 * 0 of stored numbers that are in national form.
 */
export type ContactKey = { phone: string; countryCode?: string } | { email: string };

/** How many of the last digits are searched: they rarely have separators between them. */
const SEARCHED_DIGITS = 4;

/** Returns the digits that all stored forms of a number (E.164) have in common, e.g. `7890`. */
export function lastDigits(phone: string): string {
	return phone.slice(-SEARCHED_DIGITS);
}

/** Pages to read of a search for the last digits, which also finds contacts with other numbers. */
const MAX_SEARCH_PAGES = 3;

/** Returns the canonical text of a key: equal for two keys that identify the same contact. */
export function canonicalKey(key: ContactKey): string {
	return 'phone' in key ? key.phone : emailKey(key.email);
}

/** Returns all keys of a contact with these fields. */
export function contactKeys({ phone, email }: { phone?: string; email?: string }): ContactKey[] {
	return [...(phone ? [{ phone }] : []), ...(email ? [{ email }] : [])];
}

/** Returns the lane of all operations on the contact with this key. */
export function contactLane(key: ContactKey): string {
	return `${'phone' in key ? 'phone' : 'email'} ${canonicalKey(key)}`;
}

/** Whether a contact has this phone number or email address, in any form. */
export function hasContactKey({ phone, email }: Contact, key: ContactKey): boolean {
	if ('email' in key) return emailKey(email ?? '') === canonicalKey(key);
	return isSamePhone(phone, key.phone, key.countryCode ?? INDONESIA);
}

type IsWanted = (contact: Contact) => boolean;

/**
 * Searches for a text, and returns the contacts that pass `isWanted`, the oldest first. `GET
 * /contacts?q=…` finds all contacts that contain the text.
 *
 * @throws NodeApiError if contacts cannot be read
 */
export async function searchText(
	sahut: SahutClient,
	q: string,
	isWanted: IsWanted,
): Promise<Contact[]> {
	const found = await fetchList<Contact>(sahut, listOf(q));
	return found.filter(isWanted).sort(byAge);
}

const listOf = (q: string) => ({
	path: ['contacts'],
	query: { q },
	wording: { action: `search contacts for "${q}"` },
});

/** Searches for the last digits of a number, which all of its forms have in common. */
async function searchDigits(sahut: SahutClient, phone: string, isWanted: IsWanted) {
	const pages = openPages<Contact>(sahut, listOf(lastDigits(phone)));
	const next = upwards(pages, 1, MAX_SEARCH_PAGES + 1);
	const found = await collect(pages, next, { limit: Infinity, keep: isWanted });
	return { contacts: found.sort(byAge), isComplete: pages.last() <= MAX_SEARCH_PAGES };
}

/**
 * Finds the contacts with this phone number or email address that also pass `isWanted`. The oldest
 * comes first: it has the history with the customer, and stays first when duplicates are added. A number
 * is searched as E.164 and, only if no contact has it in this form, by its last digits.
 *
 * @throws NodeApiError if contacts cannot be read
 */
export async function findContacts(
	sahut: SahutClient,
	key: ContactKey,
	isWanted: IsWanted = () => true,
): Promise<Contact[]> {
	const matches: IsWanted = (contact) => hasContactKey(contact, key) && isWanted(contact);
	if ('email' in key) return await searchText(sahut, key.email.trim(), matches);
	const found = await searchText(sahut, key.phone, matches);
	return found.length > 0 ? found : (await searchDigits(sahut, key.phone, matches)).contacts;
}

/**
 * Finds all contacts with a phone number, in any stored form, the oldest first.
 *
 * @returns `isComplete: false` if a search found so many contacts that some were not read
 * @throws NodeApiError if contacts cannot be read
 */
export async function findAllContacts(
	sahut: SahutClient,
	key: Extract<ContactKey, { phone: string }>,
): Promise<{ contacts: Contact[]; isComplete: boolean }> {
	const matches: IsWanted = (contact) => hasContactKey(contact, key);
	const { contacts, isComplete } = await searchDigits(sahut, key.phone, matches);
	// If the digits have found the number as E.164, a search for E.164 would find nothing new.
	if (contacts.some(({ phone }) => phone === key.phone)) return { contacts, isComplete };
	const exact = await searchText(sahut, key.phone, matches);
	const known = new Set(contacts.map(({ id }) => id));
	const added = exact.filter((contact) => !hasId(contact) || !known.has(contact.id));
	return { contacts: [...contacts, ...added].sort(byAge), isComplete };
}
