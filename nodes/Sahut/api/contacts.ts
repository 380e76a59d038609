import type { IDataObject } from 'n8n-workflow';

import { writeKey } from '../processCache/recentWrites';
import { isRefused, undefinedIfNotFound } from '../transport/errors';
import { isRecord } from '../transport/pages';
import type {
	Contact,
	ContactChanges,
	NewContact,
	SahutClient,
	SahutRequest,
} from '../transport/types';
import { emailKey } from '../values/emailAddress';
import {
	findContacts,
	hasContactKey,
	contactKeys,
	canonicalKey,
	searchContacts,
	type ContactKey,
} from './contactSearch';
import { containsValues } from './containsValues';
import type { ItemClient, WriteSearch } from './itemClient';
import { pollForLostWrite, poll, OWN_WRITE_MS } from './lostWrites';
import { findRememberedWrites, write } from './write';
import { mayBeCreatedBy } from './recordTimes';

/** How long a search may omit a contact that was just written, or return its previous state. */
const SEARCH_DELAY_MS = 60_000;

const wordingOf = (verb: 'read' | 'update', contactId: string) => ({
	action: `${verb} contact "${contactId}"`,
	target: `Contact "${contactId}"`,
});

/** Fetches a contact by `GET /contacts/{id}` (API reference, "Contacts"). @throws NodeApiError */
export async function getContact(sahut: SahutClient, contactId: string): Promise<Contact> {
	const path = ['contacts', contactId];
	const request = { method: 'GET', path, expects: 'record' } as const;
	return (await sahut.request<Contact>(request, wordingOf('read', contactId))).data;
}

/**
 * Returns the complete contact for a row of a list; fetches it if the row lacks fields, as the row in the
 * API reference does (no `custom_attributes`). The value of a missing field is unknown: the field neither
 * equals a value nor counts as empty. Compare, merge and output only complete contacts.
 *
 * @throws NodeApiError
 */
export async function completeContact(row: Contact, sahut: SahutClient): Promise<Contact> {
	const { name, email, phone, company, tags, custom_attributes } = row;
	const isComplete =
		[name, email, phone, company].every((value) => value !== undefined) &&
		[tags, custom_attributes].every((value) => (value ?? null) !== null);
	return isComplete ? row : await getContact(sahut, row.id);
}

/** Returns the fields with the email address in its canonical form. Sahut may store an empty one as ''. */
const toComparable = ({ email, ...contact }: IDataObject | Contact) => ({
	...contact,
	email: emailKey(String(email ?? '')) || undefined,
});

/** Whether a complete contact has all given fields. Ignores the case of email addresses. */
const hasFields = (contact: Contact, fields: IDataObject) =>
	containsValues(toComparable(contact), fields.email === undefined ? fields : toComparable(fields));

/** Whether the row of a list shows that a contact has all given fields. It may lack any of them. */
export function showsFields(row: Contact, fields: ContactChanges): boolean {
	const shown: IDataObject = { ...row };
	return (
		Object.keys(fields).every((name) => (shown[name] ?? null) !== null) && hasFields(row, fields)
	);
}

/**
 * Returns a memory key for each contact key. It depends on the API key: two workspaces may share a
 * customer.
 */
const memoryKeys = (sahut: ItemClient, keys: ContactKey[]) =>
	keys.map((key) => writeKey('contact', sahut.workspaceId, canonicalKey(key)));

/** What an update changed: any field, or the phone number or email address. */
export type UpdateKind = 'anyField' | 'contactKey';

/** Returns the memory key for the updates of a contact, for all API keys. */
const memoryKeyOfUpdate = ({ cache }: ItemClient, id: string, kind: UpdateKind) =>
	writeKey(kind === 'anyField' ? 'contact' : 'contact key', cache.address, id);

/** Whether a write may have created this contact, according to its creation time and ID. */
const mayBeFromWrite = ({ id, created_at }: Contact, search: WriteSearch, sahut: ItemClient) =>
	mayBeCreatedBy({ id, createdAt: Date.parse(created_at) }, sahut, search);

/** Whether a complete contact has all values that a write sent. */
const hasSentValues = (contact: Contact, sent: IDataObject) =>
	containsValues(toComparable(contact), toComparable(sent));

/** Returns the request that creates a contact, which a Dry Run outputs. */
export function createContactRequest(body: NewContact): SahutRequest {
	return { method: 'POST', path: ['contacts'], body, expects: 'record' };
}

/**
 * Returns the ledger's key of a new contact.
 *
 * @param target identifies the contact, e.g. its phone number
 */
export const newContactKey = (target = '') => `POST /contacts ${target}`.trimEnd();

/**
 * Creates a contact by `POST /contacts` (API reference, "Contacts").
 *
 * @param target identifies the contact if an item may create several, e.g. its phone number
 * @throws NodeApiError, UnknownOutcomeError
 */
export async function createContact(
	body: NewContact,
	sahut: ItemClient,
	target?: string,
): Promise<Contact> {
	return await write<Contact>(
		{
			key: newContactKey(target),
			request: createContactRequest(body),
			body: () => body,
			wording: { action: `create contact "${body.name}"` },
			memory: sahut.cache.recentRecords,
			memoryKeys: () => memoryKeys(sahut, contactKeys(body)),
			async find(sent, search) {
				const { name, phone, email } = sent as NewContact;
				const [key] = contactKeys({ phone, email });
				const isCandidate = (row: Contact) => mayBeFromWrite(row, search, sahut);
				const rows = await (key
					? findContacts(sahut, key, isCandidate)
					: searchContacts(sahut, name, isCandidate));
				for (const row of rows) {
					const contact = await completeContact(row, sahut).catch(undefinedIfNotFound);
					if (contact && hasSentValues(contact, sent)) return contact;
				}
				return undefined;
			},
			async readById(id, sent, search) {
				const contact = await getContact(sahut, id).catch(undefinedIfNotFound);
				if (!contact || !mayBeFromWrite(contact, search, sahut)) return undefined;
				return hasSentValues(contact, sent) ? contact : undefined;
			},
		},
		sahut,
	);
}

/** Finds the oldest contact with this key. @throws NodeApiError if contacts cannot be read */
const findOldestContact = async (
	key: ContactKey,
	sahut: ItemClient,
	outdated: ReadonlySet<string> = new Set(),
) => (await findContacts(sahut, key, ({ id }) => !outdated.has(id)))[0];

/**
 * Fetches the contact that this process last wrote with this key: a search may not find it yet. If
 * another item or execution lost the response to such a write less than a minute ago, waits until its
 * contact can be found.
 *
 * @returns undefined if there is no recent write, or if its contact no longer has this key
 * @throws NodeApiError if contacts cannot be read
 */
export async function findRecentContact(
	key: ContactKey,
	sahut: ItemClient,
): Promise<Contact | undefined> {
	// If this item's own response was lost, `createContact` searches for the contact.
	if (sahut.past(newContactKey(canonicalKey(key))).kind === 'lostResponse') return undefined;
	const since = sahut.now() - SEARCH_DELAY_MS;
	const writes = findRememberedWrites(sahut.cache.recentRecords, memoryKeys(sahut, [key]), since);
	const [latest] = writes;
	if (latest?.id !== undefined) {
		const contact = await getContact(sahut, latest.id).catch(undefinedIfNotFound);
		return contact && hasContactKey(contact, key) ? contact : undefined;
	}
	const find = async () => await findOldestContact(key, sahut);
	return latest && (await pollForLostWrite(sahut, writes, find));
}

/**
 * Creates a contact. If Sahut refuses it, searches for an existing contact with this key for some seconds,
 * since a list may show it late.
 *
 * @param outdated the IDs of contacts that a list still shows, but that were deleted or no longer have the key
 * @throws NodeApiError with Sahut's message if there is no such contact; UnknownOutcomeError
 */
export async function createOrFindContact(
	body: NewContact,
	key: ContactKey,
	sahut: ItemClient,
	outdated?: ReadonlySet<string>,
): Promise<{ contact: Contact; isNew: boolean }> {
	const findExisting = async (error: unknown) => {
		if (!isRefused(error)) throw error;
		const find = async () => await findOldestContact(key, sahut, outdated);
		const contact = await poll(sahut, sahut.now(), OWN_WRITE_MS, find);
		if (!contact) throw error;
		return { contact, isNew: false };
	};
	return await createContact(body, sahut, canonicalKey(key)).then(
		(contact) => ({ contact, isNew: true }),
		findExisting,
	);
}

/**
 * Whether a list may show a contact's state before the latest update by this process.
 *
 * @param listedAt when the list was requested, by this machine's clock, in milliseconds since the epoch
 * @param kind which updates count
 */
export function mayListPrecedeUpdate(
	contactId: string,
	sahut: ItemClient,
	listedAt = sahut.now(),
	kind: UpdateKind = 'anyField',
): boolean {
	const { recentRecords } = sahut.cache;
	const since = listedAt - SEARCH_DELAY_MS;
	const key = memoryKeyOfUpdate(sahut, contactId, kind);
	return recentRecords.find(key, since).length > 0 || recentRecords.latestEvictedAt >= since;
}

/**
 * Adds the existing custom attributes to the changes. It is not documented whether Sahut keeps attributes
 * that a PUT omits.
 */
function mergeAttributes(
	{ custom_attributes: existing }: Contact,
	{ custom_attributes: given, ...changes }: ContactChanges,
): ContactChanges {
	// A complete contact without this field counts as a contact without attributes: Sahut may omit fields
	// that have no value, and an error would prevent every update of such a contact. If Sahut hides
	// attributes, the node relies on the documented rule that a PUT changes only the given fields;
	// `check:api` reports this. An undocumented format, such as a list, also counts as no attributes.
	const kept = isRecord(existing) ? existing : {};
	return given ? { ...changes, custom_attributes: { ...kept, ...given } } : changes;
}

/** Returns the ledger's key of the update of a contact. */
export const updateKey = (contactId: string) => `PUT /contacts/${contactId}`;

/**
 * Updates a contact by `PUT /contacts/{id}` (API reference, "Contacts"). Sends nothing if the contact
 * already has all values: otherwise, a workflow that is triggered by its own updates would never end. Call this
 * function in the lane of the contact, so that this process does not change the contact between the read
 * and the write.
 *
 * @param contact the complete contact, read immediately before
 * @throws NodeApiError, UnknownOutcomeError
 */
export async function updateContact(
	contactId: string,
	contact: Contact,
	changes: ContactChanges,
	sahut: ItemClient,
): Promise<Contact> {
	if (hasFields(contact, changes)) return contact;
	const body = mergeAttributes(contact, changes);
	const changesKey = contactKeys(changes).some((key) => !hasContactKey(contact, key));
	return await write<Contact>(
		{
			key: updateKey(contactId),
			request: { method: 'PUT', path: ['contacts', contactId] },
			body: () => body,
			wording: wordingOf('update', contactId),
			memory: sahut.cache.recentRecords,
			memoryKeys: () => [
				memoryKeyOfUpdate(sahut, contactId, 'anyField'),
				...(changesKey ? [memoryKeyOfUpdate(sahut, contactId, 'contactKey')] : []),
				...memoryKeys(sahut, contactKeys(changes)),
			],
			async find(sent) {
				const found = await getContact(sahut, contactId);
				// An earlier try may not have sent a field that the contact had at that time.
				return hasFields(found, { ...body, ...sent }) ? found : undefined;
			},
		},
		sahut,
	);
}
