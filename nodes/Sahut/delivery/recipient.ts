import { lookUpContacts } from '../api/contactList';
import { readRows } from '../api/contactReference';
import { findAllContacts, hasContactKey } from '../api/contactSearch';
import {
	findRecentContact,
	getContact,
	mayListPrecedeUpdate,
	newContactKey,
} from '../api/contacts';
import type { ItemClient } from '../api/itemClient';
import { AmbiguousError, undefinedIfNotFound } from '../transport/errors';
import type { Contact, Conversation } from '../transport/types';
import { normalizePhone } from '../values/phoneNumber';
import { normalizeTag } from '../values/tags';
import type { OutgoingMessage } from './content';

/** A message to a phone number, with the options for its contact and conversation. */
export interface Recipient extends OutgoingMessage {
	/** E.164. */
	phone: string;
	/** The country code that replaces the leading 0 of a national number, e.g. `62`. */
	countryCode: string;
	channelId: string;
	/** The name of a new contact; empty to use the phone number. */
	contactName: string;
	/** The assignee of a new conversation; empty for none. */
	assigneeId: string;
	reuseOpenConversation: boolean;
	/** Also reuses the latest resolved conversation if it was active within this time, in milliseconds. */
	reuseResolvedWithinMs?: number;
	/** Sends nothing to contacts with one of these tags. */
	skipContactTags: string[];
	/** Whether `phone` is the number in Test Number, which replaces the customer's. */
	isTest: boolean;
}

/** A contact with the recipient's number. Only its ID is always known. */
export type RecipientContact = Pick<Contact, 'id'> & Partial<Contact>;

/** The contacts of a recipient. */
export interface RecipientContacts {
	/** The oldest comes first, if all contacts were looked up. */
	contacts: RecipientContact[];
	/**
	 * Whether they come only from the list of conversations, which shows the contacts of all unresolved ones.
	 * There may be others.
	 */
	areListed: boolean;
}

/**
 * Returns the IDs of the recipient's contacts that the list of conversations shows, without a request. Omits contacts
 * whose number this process has changed since.
 */
export function findIndexedIds(
	{ phone, countryCode, channelId }: Recipient,
	sahut: ItemClient,
): string[] {
	return sahut.cache
		.conversationIndex(channelId)
		.findContacts(phone, countryCode)
		.filter(({ id, seenAt }) => !mayListPrecedeUpdate(id, sahut, seenAt, 'contactKey'))
		.map(({ id }) => id);
}

/**
 * Returns the IDs of the recipient's contacts if one of them has an unresolved conversation, without a request.
 *
 * @returns an empty list if there is none, or if the list of conversations cannot replace a search
 */
function findListedIds(recipient: Recipient, sahut: ItemClient): string[] {
	const { phone, countryCode, channelId, skipContactTags, reuseOpenConversation } = recipient;
	const index = sahut.cache.conversationIndex(channelId);
	if (skipContactTags.length > 0 || !reuseOpenConversation || !index.isFresh()) return [];
	if (!index.areContactsCurrent(phone, countryCode)) return [];
	const ids = findIndexedIds(recipient, sahut);
	const isUnresolved = index.findByContacts(ids).some(({ status }) => status !== 'resolved');
	return isUnresolved ? ids : [];
}

/**
 * Returns the recipient's contacts that have an unresolved conversation, without a request.
 *
 * @returns undefined if there is none, if the run has already used or created a contact for the number, or if the
 * list of conversations cannot replace a search
 */
export function findListedContacts(
	recipient: Recipient,
	sahut: ItemClient,
): RecipientContacts | undefined {
	const ids = findContactOfRun(recipient, sahut) ? [] : findListedIds(recipient, sahut);
	if (ids.length === 0) return undefined;
	sahut.cache.conversationIndex(recipient.channelId).recordSavedSearch();
	return { contacts: ids.map((id) => ({ id })), areListed: true };
}

/** Returns the contact that this item has created, or that this run has created or used for the number. */
function findContactOfRun(recipient: Recipient, sahut: ItemClient): RecipientContact | undefined {
	const created = sahut.past(newContactKey(recipient.phone));
	const createdInRun = sahut.latestInRun(newContactKey(recipient.phone))?.record?.id;
	const usedInRun = sahut.latestInRun(getPhoneMessageKey(recipient))?.context?.contact_id;
	const id = created.kind === 'done' ? created.record.id : (createdInRun ?? usedInRun);
	return id ? { id: String(id) } : undefined;
}

/** Counts the different numbers of a run that {@link findListedContacts} cannot find. */
function countLookups(recipients: ReadonlySet<Recipient>, sahut: ItemClient): number {
	const phones = new Set<string>();
	for (const each of recipients) {
		if (findListedIds(each, sahut).length === 0) phones.add(each.phone);
	}
	return phones.size;
}

/**
 * Adds the contacts that only the list of conversations shows: a search may not find all forms of a number. Reads each
 * contact, since the search may also omit one that was deleted or has a new number.
 */
async function addIndexedContacts(
	found: RecipientContact[],
	recipient: Recipient,
	sahut: ItemClient,
): Promise<RecipientContact[]> {
	const ids = new Set(found.map(({ id }) => id));
	const all = [...found];
	for (const id of findIndexedIds(recipient, sahut).filter((each) => !ids.has(each))) {
		const contact = await getContact(sahut, id).catch(undefinedIfNotFound);
		if (contact && hasContactKey(contact, recipient)) all.push(contact);
		else sahut.cache.conversationIndex(recipient.channelId).forgetPhone(id);
	}
	return all;
}

/**
 * Finds the contacts with the recipient's number, the oldest first. If this run has already used a contact
 * for the number, returns only that contact, unless tags have to be checked.
 *
 * @param unfinished the recipients of the run's items that have not ended
 * @param deleted the IDs of contacts that were found before, but were deleted
 * @throws AmbiguousError if tags have to be checked and too many contacts match; NodeApiError if contacts
 * cannot be read
 */
export async function findRecipientContacts(
	recipient: Recipient,
	sahut: ItemClient,
	unfinished: ReadonlySet<Recipient>,
	deleted: ReadonlySet<string>,
): Promise<RecipientContact[]> {
	const { phone, countryCode } = recipient;
	const key = { phone, countryCode };
	const addIndexed = async (rows: Contact[]) => {
		const checksTags = recipient.skipContactTags.length > 0;
		const contacts = await readRows(rows, key, sahut, checksTags ? 'anyField' : 'contactKey');
		const all = await addIndexedContacts(contacts, recipient, sahut);
		return all.filter(({ id }) => !deleted.has(id));
	};
	const created = sahut.past(newContactKey(phone));
	if (recipient.skipContactTags.length > 0) {
		const { contacts, isComplete } = await findAllContacts(sahut, key);
		if (!isComplete) throw createTooManyContactsError(phone);
		const all = await addIndexed(contacts);
		if (all.length > 0) return all;
	} else {
		const contactOfRun = findContactOfRun(recipient, sahut);
		if (contactOfRun && !deleted.has(contactOfRun.id)) return [contactOfRun];
		const count = () => countLookups(unfinished, sahut);
		const contacts = await lookUpContacts(key, sahut, count);
		const all = await addIndexed(contacts);
		if (all.length > 0) return all;
	}
	if (created.kind === 'done') {
		const { id } = created.record;
		const contact = await getContact(sahut, String(id)).catch(undefinedIfNotFound);
		if (contact) return [contact];
	}
	const recent = await findRecentContact(key, sahut);
	return recent ? [recent] : [];
}

function createTooManyContactsError(phone: string): AmbiguousError {
	return new AmbiguousError(
		`The node could not determine whether a contact with ${phone} has one of the tags to skip`,
		{
			description:
				'Too many contacts match the last digits of the number. Nothing was sent. Check the tags of the contact in Sahut. If it has none of the tags to skip, send the message in Sahut.',
		},
	);
}

/** Returns the key of a message to a phone number in the ledger. It does not depend on the conversation. */
export const getPhoneMessageKey = ({ phone, channelId }: Recipient) =>
	`POST message to ${phone} on ${channelId}`;

/**
 * Finds a contact with one of the tags to skip. Reads a contact if its list row lacks the field `tags`.
 *
 * @param deleted collects the IDs of contacts that this function finds to be deleted
 * @returns the contact's ID and the tag; undefined if there is no such contact
 * @throws AmbiguousError if the tags of a contact are not a list of texts; NodeApiError if a contact cannot
 * be read
 */
export async function findTaggedContact(
	{ skipContactTags, phone }: Pick<Recipient, 'skipContactTags' | 'phone'>,
	contacts: RecipientContact[],
	sahut: ItemClient,
	deleted: Set<string>,
): Promise<{ contact_id: string; tag: string } | undefined> {
	if (skipContactTags.length === 0) return undefined;
	const tagsToSkip = new Set(skipContactTags.map(normalizeTag));
	for (const { id, tags: listedTags } of contacts) {
		const contact = listedTags ? undefined : await getContact(sahut, id).catch(undefinedIfNotFound);
		if (!listedTags && !contact) deleted.add(id);
		const tags: unknown = listedTags ?? contact?.tags ?? [];
		if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === 'string')) {
			throw new AmbiguousError(
				`The node could not determine whether contact "${id}" with ${phone} has one of the tags to skip`,
				{
					description:
						'Sahut did not return the tags of the contact as a list of texts. Nothing was sent. Check the tags of the contact in Sahut. If it has none of the tags to skip, send the message in Sahut.',
				},
			);
		}
		const tag = tags.find((each) => tagsToSkip.has(normalizeTag(each)));
		if (tag !== undefined) return { contact_id: id, tag };
	}
	return undefined;
}

/** Returns a stored phone number as E.164; undefined if it is missing or not a phone number. */
function toPhone(stored: string | null | undefined): string | undefined {
	try {
		return normalizePhone(stored ?? '');
	} catch {
		return undefined;
	}
}

function createUnknownCustomerError(conversationId: string): AmbiguousError {
	return new AmbiguousError(
		`The node could not determine whether the customer of conversation "${conversationId}" has one of the tags to skip`,
		{ description: 'Sahut did not return the contact of the conversation. Nothing was sent.' },
	);
}

/**
 * Finds the customer of a conversation, or another contact with the same number, with one of the tags to skip.
 *
 * @returns as {@link findTaggedContact}
 * @throws as {@link findTaggedContact}; AmbiguousError if the conversation shows no contact, or too many contacts
 * match its number
 */
export async function findTaggedCustomer(
	{ id, contact }: Conversation,
	skipContactTags: string[],
	sahut: ItemClient,
): Promise<{ contact_id: string; tag: string } | undefined> {
	if (skipContactTags.length === 0) return undefined;
	if (!contact?.id) throw createUnknownCustomerError(id);
	const phone = toPhone(contact.phone);
	const found = phone ? await findAllContacts(sahut, { phone }) : undefined;
	if (phone && found?.isComplete === false) throw createTooManyContactsError(phone);
	const contacts: RecipientContact[] =
		phone && found ? await readRows(found.contacts, { phone }, sahut) : [];
	const isKnown = contacts.some((each) => each.id === contact.id);
	const all = isKnown ? contacts : [...contacts, { id: contact.id }];
	const deleted = new Set<string>();
	const recipient = { skipContactTags, phone: phone ?? contact.id };
	const tagged = await findTaggedContact(recipient, all, sahut, deleted);
	if (!tagged && deleted.has(contact.id)) throw createUnknownCustomerError(id);
	return tagged;
}
