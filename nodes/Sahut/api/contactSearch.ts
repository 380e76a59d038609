import { byAge } from '../transport/byAge';
import { openPages } from '../transport/pages';
import { collect, fetchList } from '../transport/pagination';
import { hasId } from '../transport/repeats';
import type { Contact, SahutClient } from '../transport/types';
import { upwards } from '../transport/walks';
import { emailKey } from '../values/emailAddress';
import { INDONESIA, isSamePhone } from '../values/phoneNumber';

/**
 * A phone number (E.164) or an email address that identifies a contact. `countryCode` replaces the leading
 * 0 of stored numbers in national form.
 */
export type ContactKey = { phone: string; countryCode?: string } | { email: string };

/** The number of last digits to search for: few enough that they rarely contain separators. */
const SEARCHED_DIGITS = 4;

/** Returns the digits that all stored forms of a number (E.164) have in common, e.g. `7890`. */
export function lastDigits(phone: string): string {
	return phone.slice(-SEARCHED_DIGITS);
}

/** The maximum number of pages of a search for the last digits, which also finds other numbers. */
const MAX_SEARCH_PAGES = 3;

/** Returns the canonical text of a key, which is equal for all forms of a number or an address. */
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

/** Selects contacts from the results of a search. */
type ContactFilter = (contact: Contact) => boolean;

/**
 * Finds the contacts that contain a text and pass `isWanted`, the oldest first, by `GET /contacts?q=…` (API
 * reference, "Contacts").
 *
 * @throws NodeApiError if contacts cannot be read
 */
export async function searchContacts(
	sahut: SahutClient,
	q: string,
	isWanted: ContactFilter,
): Promise<Contact[]> {
	const found = await fetchList<Contact>(sahut, searchRequest(q));
	return found.filter(isWanted).sort(byAge);
}

/** Returns the list call that searches for a text. */
const searchRequest = (q: string) => ({
	path: ['contacts'],
	query: { q },
	wording: { action: `search contacts for "${q}"` },
});

/** Searches for the last digits of a number, which all of its forms contain, and filters the results. */
async function searchDigits(sahut: SahutClient, phone: string, isWanted: ContactFilter) {
	const pages = openPages<Contact>(sahut, searchRequest(lastDigits(phone)));
	const next = upwards(pages, 1, MAX_SEARCH_PAGES + 1);
	const found = await collect(pages, next, { limit: Infinity, keep: isWanted });
	return { contacts: found.sort(byAge), isComplete: pages.last() <= MAX_SEARCH_PAGES };
}

/**
 * Finds the contacts with this phone number or email address that also pass `isWanted`, the oldest first:
 * the oldest contact has the history with the customer, and remains first if duplicates are added.
 *
 * Searches for a number as E.164 and, only if no contact has it in this form, for its last digits.
 *
 * @throws NodeApiError if contacts cannot be read
 */
export async function findContacts(
	sahut: SahutClient,
	key: ContactKey,
	isWanted: ContactFilter = () => true,
): Promise<Contact[]> {
	const matches: ContactFilter = (contact) => hasContactKey(contact, key) && isWanted(contact);
	if ('email' in key) return await searchContacts(sahut, key.email.trim(), matches);
	const found = await searchContacts(sahut, key.phone, matches);
	return found.length > 0 ? found : (await searchDigits(sahut, key.phone, matches)).contacts;
}

/**
 * Finds all contacts with a phone number, in any stored form, the oldest first.
 *
 * @returns the contacts; `isComplete: false` if the search found more pages than the node reads
 * @throws NodeApiError if contacts cannot be read
 */
export async function findAllContacts(
	sahut: SahutClient,
	key: Extract<ContactKey, { phone: string }>,
): Promise<{ contacts: Contact[]; isComplete: boolean }> {
	const matches: ContactFilter = (contact) => hasContactKey(contact, key);
	const { contacts, isComplete } = await searchDigits(sahut, key.phone, matches);
	// If the search for the digits has found the number as E.164, a search for E.164 finds nothing new.
	if (contacts.some(({ phone }) => phone === key.phone)) return { contacts, isComplete };
	const exact = await searchContacts(sahut, key.phone, matches);
	const known = new Set(contacts.map(({ id }) => id));
	const added = exact.filter((contact) => !hasId(contact) || !known.has(contact.id));
	return { contacts: [...contacts, ...added].sort(byAge), isComplete };
}
