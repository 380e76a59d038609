import type { IDataObject } from 'n8n-workflow';

import { listOf } from '../transport/pages';
import { fetchList } from '../transport/pagination';
import type { Contact, SahutClient } from '../transport/types';
import { checkEmail } from '../values/emailAddress';
import { INDONESIA, isSamePhone, normalizePhone } from '../values/phoneNumber';
import { isPartOfPhone, subscriberDigits, toPhoneText } from '../values/phoneText';
import { lastDigits } from './contactSearch';

/** One search of `GET /contacts`: the text, and whether a contact that it finds counts. */
export interface TypedSearch {
	q: string;
	isWanted(contact: Contact): boolean;
}

/**
 * From so many digits on, a text such as `(021)` is a part of a number, and `(1)` is not. Fewer digits are
 * in almost any number.
 */
const MIN_DIGITS = 3;

const countDigits = (text: string) => text.replace(/\D/g, '').length;

const anyContact = () => true;

/** Returns what a text is read as; undefined if it is rejected. */
function readAs(read: (text: string) => string, text: string): string | undefined {
	try {
		return read(text);
	} catch {
		return undefined;
	}
}

/** Returns the beginning of a number as Sahut stores it, or a part as it is: `+628123` for `0812-3`. */
function toStoredPart(phoneText: string): string {
	const digits = phoneText.replace(/[^\d+]/g, '');
	return digits.replace(/^00/, '+').replace(/^0/, `+${INDONESIA}`);
}

/**
 * Returns the searches for what a person typed, to be tried one after the other until one finds a
 * contact. A name or an email address is one search. A phone number, or a part of one, is searched as
 * Sahut stores it; by the digits that all of its forms have; as it was typed, since it may be stored like
 * this; and, if it is complete, by its last digits, of which only contacts with this number count.
 */
export function typedSearches(typed: string): TypedSearch[] {
	const text = typed.trim();
	const phoneText = toPhoneText(text);
	const phone = readAs((each) => normalizePhone(each), text);
	const isPart = isPartOfPhone(phoneText) && countDigits(phoneText) >= MIN_DIGITS;
	if (phone === undefined && !isPart) {
		return [{ q: readAs(checkEmail, text) ?? text, isWanted: anyContact }];
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
 * Lists contacts in the API's order, none of them twice: those that the first of the
 * {@link typedSearches} for `q` finds that finds any. Each search that finds nothing costs one request;
 * the last one reads all of its pages.
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
	for (const { q, isWanted } of typedSearches(query.q)) {
		const most = isWanted === anyContact ? limit : Infinity;
		const found = await fetchList<Contact>(sahut, listOf('contacts', { ...query, q }), most);
		const wanted = found.filter(isWanted).slice(0, limit);
		if (wanted.length > 0) return wanted;
	}
	return [];
}
