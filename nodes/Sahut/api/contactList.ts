import { byAge } from '../transport/byAge';
import { listRequest, MAX_PAGE_SIZE } from '../transport/pages';
import { fetchAllUpTo } from '../transport/pagination';
import { hasId } from '../transport/repeats';
import type { Contact, SahutClient } from '../transport/types';
import { createYielder } from '../transport/yielder';
import { CONTACT_MAX_AGE_MS } from '../processCache/conversationIndex';
import { PhoneIndex } from '../processCache/phoneIndex';
import { emailKey } from '../values/emailAddress';
import { INDONESIA } from '../values/phoneNumber';
import {
	canonicalKey,
	findContacts,
	hasContactKey,
	searchContacts,
	type ContactKey,
} from './contactSearch';

/**
 * The first lookups of a run are searches. If they find customers with conversations, the list of
 * conversations makes most other lookups unnecessary.
 */
const FIRST_SEARCHES = 10;

/** A run with fewer lookups after that searches for each contact. */
const MIN_LOOKUPS = 10;

/** The complete list is read only if it takes at most this share of the searches that it replaces. */
const MAX_SHARE_OF_LOOKUPS = 0.5;

/** The maximum number of contacts to keep during a run. They use about 25 MB. */
const MAX_CONTACTS = 50_000;

/** The contacts of a complete list. */
interface ReadContacts {
	byPhone: PhoneIndex<Contact>;
	byEmail: Map<string, Contact[]>;
}

/** The complete list of contacts, which a run reads if that takes fewer requests than searches. */
export interface ContactList {
	/**
	 * Finds the contacts with a key in the list, the oldest first.
	 *
	 * @param countLookups returns the number of keys that the run has yet to look up, including this one
	 * @returns undefined if the list is not read, since searches take fewer requests, or since it is too long; also
	 * if a matching contact was removed. The rows of a list lack fields (`completeContact`). An empty result does not
	 * prove that there is no contact.
	 */
	find(
		key: ContactKey,
		sahut: SahutClient,
		countLookups: () => number,
	): Promise<Contact[] | undefined>;

	/**
	 * Returns when the list that contains a contact was requested, by this machine's clock, in milliseconds since the
	 * epoch; undefined if the list does not contain the contact.
	 */
	listedAt(contactId: string): number | undefined;

	/** Removes a contact that may have been deleted or changed. @returns whether the list contained it */
	remove(contactId: string): boolean;
}

/** Creates the contact list of a run. It is read on demand, and again after {@link CONTACT_MAX_AGE_MS}. */
export function createContactList(): ContactList {
	/** The read in progress, or the last one; its result is undefined if the list was too long. */
	let read: { at: number; contacts: Promise<ReadContacts | undefined> } | undefined;
	/** Whether searches take fewer requests than the list, for the rest of the run. */
	let areSearchesCheaper = false;
	let lookupCount = 0;
	/** The contacts of the list by ID. */
	let listed = new Map<string, Contact>();
	/** When `listed` was requested. */
	let listedAt = -Infinity;

	/** Reads the list, unless it has more pages than `maxPages`. */
	async function readAll(sahut: SahutClient, maxPages: number): Promise<ReadContacts | undefined> {
		const startedAt = sahut.now();
		const contacts = await fetchAllUpTo<Contact>(sahut, listRequest('contacts'), maxPages);
		areSearchesCheaper = contacts === undefined;
		sahut.log(
			contacts
				? `read all ${contacts.length} contacts`
				: `more than ${maxPages} pages of contacts: searches for each contact`,
		);
		if (!contacts) return undefined;
		const byPhone = new PhoneIndex<Contact>();
		const byEmail = new Map<string, Contact[]>();
		const yieldIfDue = createYielder();
		listed = new Map();
		listedAt = startedAt;
		for (const contact of contacts.filter(hasId)) {
			await yieldIfDue();
			listed.set(contact.id, contact);
			byPhone.set(contact.id, contact.phone, contact);
			const email = emailKey(contact.email ?? '');
			if (email) byEmail.set(email, [...(byEmail.get(email) ?? []), contact]);
		}
		return { byPhone, byEmail };
	}

	/** Returns the list; reads it if that is worth it. */
	async function get(sahut: SahutClient, countLookups: () => number) {
		if (read && sahut.now() - read.at <= CONTACT_MAX_AGE_MS) return await read.contacts;
		lookupCount += 1;
		if (areSearchesCheaper || lookupCount <= FIRST_SEARCHES) return undefined;
		const lookups = countLookups();
		areSearchesCheaper = lookups < MIN_LOOKUPS;
		if (areSearchesCheaper) return undefined;
		const maxPages = Math.min(lookups * MAX_SHARE_OF_LOOKUPS, MAX_CONTACTS / MAX_PAGE_SIZE);
		// If the list cannot be read, each item searches, and fails with the error of its own request.
		const contacts = readAll(sahut, maxPages).catch(() => undefined);
		read = { at: sahut.now(), contacts };
		return await contacts;
	}

	return {
		async find(key, sahut, countLookups) {
			const contacts = await get(sahut, countLookups);
			if (!contacts) return undefined;
			const found =
				'phone' in key
					? contacts.byPhone.find(key.phone, key.countryCode ?? INDONESIA).map(({ value }) => value)
					: (contacts.byEmail.get(canonicalKey(key)) ?? []);
			return found.every(({ id }) => listed.has(id)) ? found.sort(byAge) : undefined;
		},
		listedAt: (contactId) => (listed.has(contactId) ? listedAt : undefined),
		remove: (contactId) => listed.delete(contactId),
	};
}

/**
 * Finds the contacts with a key, the oldest first: in the complete list of contacts if the run reads it, otherwise
 * by searches.
 *
 * @param countLookups as for {@link ContactList.find}
 * @returns rows of lists, which lack fields (`completeContact`)
 * @throws NodeApiError if contacts cannot be read
 */
export async function lookUpContacts(
	key: ContactKey,
	sahut: SahutClient & { contactList: ContactList },
	countLookups: () => number,
): Promise<Contact[]> {
	const listed = await sahut.contactList.find(key, sahut, countLookups);
	if (!listed) return await findContacts(sahut, key);
	// As a search would: it tries other forms of a number only if no contact has it as E.164.
	const exact = 'phone' in key ? listed.filter(({ phone }) => phone === key.phone) : [];
	if (exact.length > 0) return exact;
	if (listed.length > 0) return listed;
	// The contact may be newer than the list.
	return await searchContacts(sahut, canonicalKey(key), (contact) => hasContactKey(contact, key));
}
