import { findAllContacts, findContacts } from '../api/contactSearch';
import { findRecentContact, getContact, newContactKey } from '../api/contacts';
import type { ItemClient } from '../api/itemClient';
import { AmbiguousError, undefinedIfNotFound } from '../transport/errors';
import type { Contact } from '../transport/types';
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
}

/** A contact with the recipient's number. Only its ID is always known. */
export type RecipientContact = Pick<Contact, 'id'> & Partial<Contact>;

/**
 * Finds the contacts with the recipient's number, the oldest first. If this run has already used a contact
 * for the number, returns only that contact, unless tags have to be checked.
 *
 * @throws AmbiguousError if tags have to be checked and too many contacts match; NodeApiError if contacts
 * cannot be read
 */
export async function findRecipientContacts(
	recipient: Recipient,
	sahut: ItemClient,
): Promise<RecipientContact[]> {
	const { phone, countryCode } = recipient;
	const key = { phone, countryCode };
	const created = sahut.past(newContactKey(phone));
	if (recipient.skipContactTags.length > 0) {
		const { contacts, isComplete } = await findAllContacts(sahut, key);
		if (!isComplete) throw createTooManyContactsError(phone);
		if (contacts.length > 0) return contacts;
	} else {
		const createdInRun = sahut.latestInRun(newContactKey(phone))?.record?.id;
		const usedInRun = sahut.latestInRun(getPhoneMessageKey(recipient))?.context?.contact_id;
		const id = created.kind === 'done' ? created.record.id : (createdInRun ?? usedInRun);
		if (id) return [{ id: String(id) }];
		const contacts = await findContacts(sahut, key);
		if (contacts.length > 0) return contacts;
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
				'Too many contacts match the last digits of the number. Nothing was sent. Check the tags of the contact in Sahut. If it has none of the tags to skip, send the message there.',
		},
	);
}

/** Returns the key of a message to a phone number in the ledger. It does not depend on the conversation. */
export const getPhoneMessageKey = ({ phone, channelId }: Recipient) =>
	`POST message to ${phone} on ${channelId}`;

/**
 * Finds a contact with one of the tags to skip. Reads a contact if its list row lacks the field `tags`.
 *
 * @returns the contact's ID and the tag; undefined if there is no such contact
 * @throws AmbiguousError if the tags of a contact are not a list of texts; NodeApiError if a contact cannot
 * be read
 */
export async function findTaggedContact(
	{ skipContactTags, phone }: Recipient,
	contacts: RecipientContact[],
	sahut: ItemClient,
): Promise<{ contact_id: string; tag: string } | undefined> {
	if (skipContactTags.length === 0) return undefined;
	const tagsToSkip = new Set(skipContactTags.map(normalizeTag));
	for (const { id, tags: listedTags } of contacts) {
		const tags: unknown = listedTags ?? (await getContact(sahut, id)).tags ?? [];
		if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === 'string')) {
			throw new AmbiguousError(
				`The node could not determine whether contact "${id}" with ${phone} has one of the tags to skip`,
				{
					description:
						'Sahut did not return the tags of the contact as a list of texts. Nothing was sent. Check the tags of the contact in Sahut. If it has none of the tags to skip, send the message there.',
				},
			);
		}
		const tag = tags.find((each) => tagsToSkip.has(normalizeTag(each)));
		if (tag !== undefined) return { contact_id: id, tag };
	}
	return undefined;
}
