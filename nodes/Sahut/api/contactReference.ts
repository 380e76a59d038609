import { hasId } from '../transport/repeats';
import { AmbiguousError, NotFoundError, undefinedIfNotFound } from '../transport/errors';
import type { Contact } from '../transport/types';
import { lookUpContacts } from './contactList';
import {
	canonicalKey,
	contactLane,
	findAllContacts,
	findContacts,
	hasContactKey,
	type ContactKey,
} from './contactSearch';
import {
	completeContact,
	findRecentContact,
	getContact,
	mayListPrecedeUpdate,
	type UpdateKind,
} from './contacts';
import type { ItemClient } from './itemClient';

/** The ID of a contact, or a phone number or an email address that identifies it. */
export type ContactReference = { id: string } | ContactKey;

/** The maximum number of contacts that an error names. */
const MAX_NAMED = 5;

/** Returns the text that identifies the contact, which is equal for all forms of a number or an address. */
export const referenceText = (reference: ContactReference) =>
	'id' in reference ? reference.id : canonicalKey(reference);

/** Returns the lane of an item for this contact: that of its ID, or of the phone number or email address. */
export const referenceLane = (reference: ContactReference) =>
	'id' in reference ? `contact ${reference.id}` : contactLane(reference);

/** Returns the number of different phone numbers and email addresses that a run has to look up. */
export const countKeys = (references: ContactReference[]) =>
	new Set(references.filter((each) => !('id' in each)).map(referenceText)).size;

/** Returns the error for a phone number or an email address without a contact. */
export function createNotFoundError(key: ContactKey): NotFoundError {
	const name = 'phone' in key ? 'phone number' : 'email address';
	return new NotFoundError(`Sahut has no contact with ${canonicalKey(key)}`, {
		description: `Check the ${name}. If the contact may be missing, use Contact: Create or Update, which creates it.`,
	});
}

function createDuplicatesError(key: ContactKey, contacts: Contact[]): AmbiguousError {
	const named = contacts.slice(0, MAX_NAMED).map(({ id, name }) => (name ? `${id} (${name})` : id));
	const others = contacts.length - named.length;
	const list = [...named, ...(others > 0 ? [`${others} more`] : [])].join(', ');
	return new AmbiguousError(
		`Sahut has ${contacts.length} contacts with ${canonicalKey(key)}: ${list}`,
		{
			description:
				'Nothing was changed. Set Contact to "By ID" and enter the ID of the correct contact, or remove the duplicates in Sahut.',
		},
	);
}

function createTooManyContactsError(key: ContactKey): AmbiguousError {
	return new AmbiguousError(
		`The node could not determine whether Sahut has several contacts with ${canonicalKey(key)}`,
		{
			description:
				'Too many contacts match the last digits of the number. Nothing was changed. Set Contact to "By ID", or use Contact: Create or Update, which updates the oldest contact with the number.',
		},
	);
}

/**
 * Returns the current contact for a row of a list or a search.
 *
 * @param needsAllFields whether the row must not lack fields
 * @param kind the updates by this process after which a row counts as out of date
 * @returns the contact, or the row if this process has not updated the contact since; undefined if the contact was
 * deleted, or if this process has changed its key since
 */
async function readRow(
	row: Contact,
	key: ContactKey,
	sahut: ItemClient,
	needsAllFields: boolean,
	kind: UpdateKind = 'anyField',
): Promise<Contact | undefined> {
	const listedAt = sahut.contactList.listedAt(row.id);
	const isOutdated = mayListPrecedeUpdate(row.id, sahut, listedAt, kind);
	if (!isOutdated && !needsAllFields) return row;
	const reading = isOutdated ? getContact(sahut, row.id) : completeContact(row, sahut);
	const contact = await reading.catch(undefinedIfNotFound);
	return contact && hasContactKey(contact, key) ? contact : undefined;
}

/**
 * Returns the current contacts for rows of a list or a search. Omits contacts that no longer have the key.
 *
 * @param kind the updates by this process after which a row is read again
 */
export async function readRows(
	rows: Contact[],
	key: ContactKey,
	sahut: ItemClient,
	kind?: UpdateKind,
): Promise<Contact[]> {
	const contacts: Contact[] = [];
	for (const row of rows) {
		const contact = await readRow(row, key, sahut, false, kind);
		if (contact) contacts.push(contact);
	}
	return contacts;
}

/** Fetches the contact that this process has just written. @throws NotFoundError if there is none */
async function requireRecentContact(key: ContactKey, sahut: ItemClient): Promise<Contact> {
	const recent = await findRecentContact(key, sahut);
	if (!recent) throw createNotFoundError(key);
	return recent;
}

/**
 * Finds the oldest contact with a phone number or an email address. Creates none.
 *
 * @param countLookups as for `ContactList.find`
 * @param needsAllFields whether to return the complete contact; otherwise only its ID is certain
 * @throws NotFoundError; NodeApiError if contacts cannot be read
 */
export async function findOldestContact(
	key: ContactKey,
	sahut: ItemClient,
	countLookups: () => number,
	needsAllFields: boolean,
): Promise<Contact> {
	const rows = (await lookUpContacts(key, sahut, countLookups)).filter(hasId);
	for (const row of rows) {
		const contact = await readRow(row, key, sahut, needsAllFields);
		if (contact) return contact;
		// The complete list is out of date: from now on, this key is searched for.
		if (sahut.contactList.remove(row.id)) {
			return await findOldestContact(key, sahut, countLookups, needsAllFields);
		}
	}
	return await requireRecentContact(key, sahut);
}

/** Finds all rows with a key, in any stored form of a number. @throws AmbiguousError if there may be others */
async function findAllRows(
	key: ContactKey,
	sahut: ItemClient,
	countLookups: () => number,
): Promise<Contact[]> {
	const listed = await sahut.contactList.find(key, sahut, countLookups);
	if (listed && listed.length > 0) return listed;
	if ('email' in key) return await findContacts(sahut, key);
	const { contacts, isComplete } = await findAllContacts(sahut, key);
	if (!isComplete && contacts.length < 2) throw createTooManyContactsError(key);
	return contacts;
}

/**
 * Finds the only contact with a phone number or an email address. Creates none.
 *
 * @param countLookups as for `ContactList.find`
 * @returns its ID
 * @throws NotFoundError; AmbiguousError if there are several, or if there may be; NodeApiError if contacts cannot
 * be read
 */
export async function findOnlyContact(
	key: ContactKey,
	sahut: ItemClient,
	countLookups: () => number,
): Promise<string> {
	const rows = (await findAllRows(key, sahut, countLookups)).filter(hasId);
	const contacts = await readRows(rows, key, sahut);
	if (contacts.length > 1) throw createDuplicatesError(key, contacts);
	return (contacts[0] ?? (await requireRecentContact(key, sahut))).id;
}

/**
 * Returns the ID of the contact that an item changes or uses. If an earlier try has already sent the write for a
 * contact, returns this contact: it may no longer have the key, and a search may find another one.
 *
 * @param writeKeyOf returns the ledger's key of that write
 */
export async function chooseContact(
	key: ContactKey,
	sahut: ItemClient,
	writeKeyOf: (contactId: string) => string,
	find: () => Promise<string>,
): Promise<string> {
	const { contact_id: id } = await sahut.once(
		`contact with ${canonicalKey(key)}`,
		{ run: async () => ({ contact_id: await find() }) },
		({ contact_id }) => isSent(sahut, writeKeyOf(contact_id)),
	);
	return id;
}

/** Whether this item has sent a write, in any try. */
export const isSent = (sahut: ItemClient, writeKey: string) =>
	['done', 'lostResponse'].includes(sahut.past(writeKey).kind);
