import { isRefused, undefinedIfNotFound } from '../transport/errors';
import type { Contact, SahutClient, SahutRequest } from '../transport/types';
import { awaitLostWrite, LOST_WRITE_MS, OWN_WRITE_MS } from './awaitLostWrite';
import {
	findContacts,
	hasKey,
	keysIn,
	keyText,
	searchText,
	type ContactKey,
} from './contactSearch';
import { hasValues } from './hasValues';
import type { ItemClient } from './itemClient';
import { write } from './write';
import { canBeOf } from './writtenSince';

/** What can be written of a contact (API reference, "Contacts"); only given fields change. */
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

/** How long a search may not show a contact that was just written. */
const SEARCH_DELAY_MS = 60_000;

const wordingOf = (contactId: string) => ({ subject: `contact "${contactId}"` });

/** `GET /contacts/{id}` (API reference, "Contacts"). @throws NodeApiError */
export async function getContact(sahut: SahutClient, contactId: string): Promise<Contact> {
	const path = ['contacts', contactId];
	const request = { method: 'GET', path, expects: 'record' } as const;
	return (await sahut.request<Contact>(request, wordingOf(contactId))).data;
}

/** Email addresses are equal in whatever case; Sahut may store an empty one as ''. */
const comparable = <T extends { email?: string | null }>(contact: T) => ({
	...contact,
	email: contact.email?.toLowerCase() || undefined,
});

const keyInMemory = ({ cache, workspaceId }: ItemClient, key: ContactKey) =>
	cache.recentWrites.key('contact', workspaceId, keyText(key));

const memoryKeys = (sahut: ItemClient, fields: ContactFields) =>
	keysIn(fields).map((key) => keyInMemory(sahut, key));

/** The request that creates a contact, as a Dry Run shows it. */
export function createContactRequest(body: NewContact): SahutRequest {
	return { method: 'POST', path: ['contacts'], body, expects: 'record' };
}

/** The ledger's key for a new contact. @param target whom it is for, e.g. a phone number */
export const newContactKey = (target = '') => `POST /contacts ${target}`.trimEnd();

/**
 * `POST /contacts` (API reference, "Contacts").
 *
 * @param target whom it is for, if an item may create several contacts
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
			memoryKeys: () => memoryKeys(sahut, body),
			async find(given, search) {
				const sent = given as NewContact;
				const isIt = (contact: Contact) =>
					hasValues(comparable(contact), comparable(sent)) && canBeOf(contact, sahut, search);
				const [key] = keysIn(sent);
				const found = await (key
					? findContacts(sahut, key, isIt)
					: searchText(sahut, sent.name, isIt));
				return found[0];
			},
		},
		sahut,
	);
}

/**
 * The contact that this process has last written with this key, as it is now: a search may not show it
 * yet. If the response to creating one was lost a moment ago, waits until it can be found.
 *
 * @throws NodeApiError if contacts cannot be read
 */
export async function findRecentContact(
	key: ContactKey,
	sahut: ItemClient,
): Promise<Contact | undefined> {
	const since = sahut.now() - SEARCH_DELAY_MS;
	const [latest] = sahut.cache.recentWrites.find(keyInMemory(sahut, key), since);
	if (latest?.id !== undefined) {
		const contact = await getContact(sahut, latest.id).catch(undefinedIfNotFound);
		return contact && hasKey(contact, key) ? contact : undefined;
	}
	if (!latest) return undefined;
	const look = async () => (await findContacts(sahut, key))[0];
	return await awaitLostWrite(sahut, latest.at, LOST_WRITE_MS, look);
}

/**
 * Creates a contact. If Sahut refuses it because another one has its key, which the search did not show
 * yet, returns that one.
 *
 * @throws NodeApiError with Sahut's message if there is no such contact; UnknownOutcomeError
 */
export async function createOrFindContact(
	body: NewContact,
	key: ContactKey,
	sahut: ItemClient,
): Promise<{ contact: Contact; isNew: boolean }> {
	try {
		return { contact: await createContact(body, sahut, keyText(key)), isNew: true };
	} catch (error) {
		if (!isRefused(error)) throw error;
		const look = async () => (await findContacts(sahut, key))[0];
		const contact = await awaitLostWrite(sahut, sahut.now(), OWN_WRITE_MS, look);
		if (!contact) throw error;
		return { contact, isNew: false };
	}
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
			memoryKeys: () => memoryKeys(sahut, changes),
			async find(sent) {
				const contact = await getContact(sahut, contactId);
				return hasValues(contact, sent) ? contact : undefined;
			},
		},
		sahut,
	);
}
