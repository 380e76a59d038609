import type { IDataObject } from 'n8n-workflow';

import { listOf } from '../transport/pages';
import { fetchList } from '../transport/pagination';
import type { Contact, SahutClient } from '../transport/types';
import { normalizeEmail } from '../values/emailAddress';
import { INDONESIA, isSamePhone, normalizePhone } from '../values/phoneNumber';
import { isPartOfPhone, subscriberDigits, toPhoneText } from '../values/phoneText';
import { lastDigits } from './contactSearch';

/** A search by `GET /contacts`: its query, and which of the contacts that it finds are wanted. */
export interface ContactSearch {
	q: string;
	isWanted(contact: Contact): boolean;
}

/**
 * The fewest digits of a part of a phone number: `(021)` is a part, `(1)` is not. Almost every number
 * contains shorter ones.
 */
const MIN_DIGITS = 3;

const countDigits = (text: string) => text.replace(/\D/g, '').length;

const anyContact = () => true;

/** Returns the result of reading a text; undefined if the function rejects it. */
function tryRead(read: (text: string) => string, text: string): string | undefined {
	try {
		return read(text);
	} catch {
		return undefined;
	}
}

/** Converts the beginning of a number to the form in which Sahut stores it: `+628123` for `0812-3`. */
function toStoredPart(phoneText: string): string {
	const digits = phoneText.replace(/[^\d+]/g, '');
	return digits.replace(/^00/, '+').replace(/^0/, `+${INDONESIA}`);
}

/**
 * Returns the searches for a text that a person typed, to be tried in order until one finds a contact. A
 * name or an email address needs one search. A phone number, or a part of one, is searched in the form in
 * which Sahut stores it; without a leading 0 or 62; as typed, since it may be stored like this; and, if it
 * is complete, by its last digits, where only contacts with this number are wanted.
 */
export function planContactSearches(typed: string): ContactSearch[] {
	const text = typed.trim();
	const phoneText = toPhoneText(text);
	const phone = tryRead((each) => normalizePhone(each), text);
	const isPart = isPartOfPhone(phoneText) && countDigits(phoneText) >= MIN_DIGITS;
	if (phone === undefined && !isPart) {
		return [{ q: tryRead(normalizeEmail, text) ?? text, isWanted: anyContact }];
	}
	const stored = phone ?? toStoredPart(phoneText);
	const texts = new Set([stored, subscriberDigits(stored), phoneText]);
	const searches = [...texts]
		.filter((q) => countDigits(q) >= MIN_DIGITS)
		.map((q) => ({ q, isWanted: anyContact }));
	if (phone === undefined) return searches;
	const isWanted = (contact: Contact) => isSamePhone(contact.phone, phone, INDONESIA);
	return [...searches, { q: lastDigits(phone), isWanted }];
}

/**
 * Lists contacts in the API's order, without duplicates. Tries {@link planContactSearches} `q` in order, and returns
 * the contacts of the first search that finds any. Each search that finds nothing costs one request; the
 * search for the last digits reads all of its pages.
 *
 * @param query `q` as a person typed it, and the other parameters of `GET /contacts`
 * @throws NodeApiError if contacts cannot be read
 */
export async function listContacts(
	sahut: SahutClient,
	query: IDataObject & { q?: string },
	limit: number,
): Promise<Contact[]> {
	if (query.q === undefined) return await fetchList(sahut, listOf('contacts', query), limit);
	for (const { q, isWanted } of planContactSearches(query.q)) {
		const most = isWanted === anyContact ? limit : Infinity;
		const found = await fetchList<Contact>(sahut, listOf('contacts', { ...query, q }), most);
		const wanted = found.filter(isWanted).slice(0, limit);
		if (wanted.length > 0) return wanted;
	}
	return [];
}
