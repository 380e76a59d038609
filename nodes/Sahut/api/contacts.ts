import type { IDataObject } from 'n8n-workflow';

import { writeKey } from '../processCache/recentWrites';
import { isRefused, undefinedIfNotFound } from '../transport/errors';
import type { Contact, SahutClient, SahutRequest } from '../transport/types';
import { emailKey } from '../values/emailAddress';
import {
	findContacts,
	hasKey,
	keysIn,
	keyText,
	searchText,
	type ContactKey,
} from './contactSearch';
import { containsValues } from './containsValues';
import type { ItemClient, WriteSearch } from './itemClient';
import { pollForLostWrite, poll, OWN_WRITE_MS } from './lostWrites';
import { rememberedWrites, write } from './write';
import { mayBeCreatedBy } from './recordTimes';

/** The writable fields of a contact (API reference, "Contacts"); an update changes only given fields. */
export type ContactFields = {
	name?: string;
	/** E.164. */
	phone?: string;
	email?: string;
	company?: string;
	tags?: string[];
	custom_attributes?: Record<string, unknown>;
};

/** The body of `POST /contacts` (API reference, "Contacts"). */
export type NewContact = ContactFields & { name: string };

/** How long a search may lack a contact that was just written, or show its former state. */
const SEARCH_DELAY_MS = 60_000;

const wordingOf = (contactId: string) => ({ subject: `contact "${contactId}"` });

/** `GET /contacts/{id}` (API reference, "Contacts"). @throws NodeApiError */
export async function getContact(sahut: SahutClient, contactId: string): Promise<Contact> {
	const path = ['contacts', contactId];
	const request = { method: 'GET', path, expects: 'record' } as const;
	return (await sahut.request<Contact>(request, wordingOf(contactId))).data;
}

/** Makes email addresses comparable, in any form. Sahut may store an empty one as ''. */
const comparable = ({ email, ...contact }: IDataObject | Contact) => ({
	...contact,
	email: emailKey(String(email ?? '')) || undefined,
});

/** One memory key per phone number and email, and per API key: two workspaces may share a customer. */
const memoryKeys = (sahut: ItemClient, keys: ContactKey[]) =>
	keys.map((key) => writeKey('contact', sahut.workspaceId, keyText(key)));

const memoryKeyOfId = ({ cache }: ItemClient, id: string) => writeKey('contact', cache.address, id);

/** Whether a write may have created this contact. */
function isOfWrite(
	contact: Contact,
	sent: IDataObject,
	search: WriteSearch,
	sahut: ItemClient,
): boolean {
	const { id, created_at } = contact;
	return (
		containsValues(comparable(contact), comparable(sent)) &&
		mayBeCreatedBy({ id, createdAt: Date.parse(created_at) }, sahut, search)
	);
}

/** The request that creates a contact, as a Dry Run shows it. */
export function createContactRequest(body: NewContact): SahutRequest {
	return { method: 'POST', path: ['contacts'], body, expects: 'record' };
}

/** Returns the ledger's key of a new contact. @param target identifies it, e.g. its phone number */
export const newContactKey = (target = '') => `POST /contacts ${target}`.trimEnd();

/**
 * `POST /contacts` (API reference, "Contacts").
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
			wording: { subject: `contact "${body.name}"` },
			memory: sahut.cache.recentRecords,
			memoryKeys: () => memoryKeys(sahut, keysIn(body)),
			async find(sent, search) {
				const { name, phone, email } = sent as NewContact;
				const [key] = keysIn({ phone, email });
				const canBe = (contact: Contact) => isOfWrite(contact, sent, search, sahut);
				const found = await (key
					? findContacts(sahut, key, canBe)
					: searchText(sahut, name, canBe));
				return found[0];
			},
			async read(id, sent, search) {
				const contact = await getContact(sahut, id).catch(undefinedIfNotFound);
				return contact && isOfWrite(contact, sent, search, sahut) ? contact : undefined;
			},
		},
		sahut,
	);
}

/** Returns a search for the oldest contact with this key. */
const oldestContact = (key: ContactKey, sahut: ItemClient) => async () =>
	(await findContacts(sahut, key))[0];

/**
 * Reads the contact that this process last wrote with this key: a search may not show it yet. If another
 * item or execution lost such a response less than a minute ago, waits until its contact can be found.
 *
 * @throws NodeApiError if contacts cannot be read
 */
export async function findRecentContact(
	key: ContactKey,
	sahut: ItemClient,
): Promise<Contact | undefined> {
	// If this item's own response was lost, `createContact` searches for the contact.
	if (sahut.past(newContactKey(keyText(key))).kind === 'lostResponse') return undefined;
	const since = sahut.now() - SEARCH_DELAY_MS;
	const writes = rememberedWrites(sahut.cache.recentRecords, memoryKeys(sahut, [key]), since);
	const [latest] = writes;
	if (latest?.id !== undefined) {
		const contact = await getContact(sahut, latest.id).catch(undefinedIfNotFound);
		return contact && hasKey(contact, key) ? contact : undefined;
	}
	return latest && (await pollForLostWrite(sahut, writes, oldestContact(key, sahut)));
}

/**
 * Creates a contact. If Sahut refuses it, searches for an existing contact with this key for some
 * seconds: lists may show it late.
 *
 * @throws NodeApiError with Sahut's message if there is no such contact; UnknownOutcomeError
 */
export async function createOrFindContact(
	body: NewContact,
	key: ContactKey,
	sahut: ItemClient,
): Promise<{ contact: Contact; isNew: boolean }> {
	const findExisting = async (error: unknown) => {
		if (!isRefused(error)) throw error;
		const contact = await poll(sahut, sahut.now(), OWN_WRITE_MS, oldestContact(key, sahut));
		if (!contact) throw error;
		return { contact, isNew: false };
	};
	return await createContact(body, sahut, keyText(key)).then(
		(contact) => ({ contact, isNew: true }),
		findExisting,
	);
}

/** Whether this process has updated a contact so recently that lists may show its former state. */
export function isRecentlyWritten(contactId: string, sahut: ItemClient): boolean {
	const since = sahut.now() - SEARCH_DELAY_MS;
	return sahut.cache.recentRecords.find(memoryKeyOfId(sahut, contactId), since).length > 0;
}

/**
 * `PUT /contacts/{id}` (API reference, "Contacts").
 *
 * @throws NodeApiError, UnknownOutcomeError
 */
export async function updateContact(
	contactId: string,
	changes: ContactFields,
	sahut: ItemClient,
): Promise<Contact> {
	return await write<Contact>(
		{
			key: `PUT /contacts/${contactId}`,
			request: { method: 'PUT', path: ['contacts', contactId] },
			body: () => changes,
			wording: wordingOf(contactId),
			memory: sahut.cache.recentRecords,
			memoryKeys: () => [memoryKeyOfId(sahut, contactId), ...memoryKeys(sahut, keysIn(changes))],
			async find(sent) {
				const contact = await getContact(sahut, contactId);
				return containsValues(contact, sent) ? contact : undefined;
			},
		},
		sahut,
	);
}
