import type { IDataObject } from 'n8n-workflow';

import { listRequest } from '../transport/pages';
import { fetchList } from '../transport/pagination';
import type { Contact, SahutClient } from '../transport/types';
import { normalizeEmail } from '../values/emailAddress';
import { INDONESIA, isSamePhone, normalizePhone } from '../values/phoneNumber';
import { isPartOfPhone, subscriberDigits, toPhoneText } from '../values/phoneText';
import { lastDigits } from './contactSearch';

/** A search by `GET /contacts`: its query, and a filter for the contacts that it finds. */
export interface ContactSearch {
	q: string;
	isWanted(contact: Contact): boolean;
}

/**
 * The minimum number of digits for a part of a phone number: `(021)` is one, `(1)` is not. Almost every
 * number contains shorter parts.
 */
const MIN_DIGITS = 3;

const countDigits = (text: string) => text.replace(/\D/g, '').length;

const anyContact = () => true;

/** Returns a normalized text; undefined if the function rejects the text. */
function tryToNormalize(normalize: (text: string) => string, text: string): string | undefined {
	try {
		return normalize(text);
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
 * Returns the searches for a text that a user typed, to be tried in order until one finds a contact. A
 * name or an email address requires one search. A phone number or a part of one is searched for by:
 *
 * 1. the form in which Sahut stores it,
 * 2. its digits without a leading 0 or 62,
 * 3. the text as typed, since Sahut may store it like this,
 * 4. its last digits, if the number is complete; this search accepts only contacts with this number.
 */
export function planContactSearches(typed: string): ContactSearch[] {
	const text = typed.trim();
	const phoneText = toPhoneText(text);
	const phone = tryToNormalize((each) => normalizePhone(each), text);
	const isPart = isPartOfPhone(phoneText) && countDigits(phoneText) >= MIN_DIGITS;
	if (phone === undefined && !isPart) {
		return [{ q: tryToNormalize(normalizeEmail, text) ?? text, isWanted: anyContact }];
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
 * Lists contacts in the API's order, without duplicates. Tries the searches of
 * {@link planContactSearches} in order, and returns the contacts of the first one that finds any. A search
 * without results costs one request; the search for the last digits reads all of its pages.
 *
 * @param query `q` as the user typed it, and the other parameters of `GET /contacts`
 * @param limit the maximum number of contacts
 * @param onTotal as for {@link fetchList}; not called for a search
 * @throws NodeApiError if contacts cannot be read
 */
export async function listContacts(
	sahut: SahutClient,
	query: IDataObject & { q?: string },
	limit: number,
	onTotal?: (total: number) => void,
): Promise<Contact[]> {
	if (query.q === undefined) {
		return await fetchList(sahut, listRequest('contacts', query), limit, onTotal);
	}
	for (const { q, isWanted } of planContactSearches(query.q)) {
		const fetchLimit = isWanted === anyContact ? limit : Infinity;
		const found = await fetchList<Contact>(
			sahut,
			listRequest('contacts', { ...query, q }),
			fetchLimit,
		);
		const wanted = found.filter(isWanted).slice(0, limit);
		if (wanted.length > 0) return wanted;
	}
	return [];
}
