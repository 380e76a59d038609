import { findAllContacts, findContacts } from '../api/contactSearch';
import { findRecentContact, getContact, newContactKey } from '../api/contacts';
import type { ItemClient } from '../api/itemClient';
import { AmbiguousError, undefinedIfNotFound } from '../transport/errors';
import type { Contact } from '../transport/types';
import { normalizeTag } from '../values/tags';
import type { OutgoingMessage } from './content';

/** A message to a phone number, and how to choose or create its conversation. */
export interface Recipient extends OutgoingMessage {
	/** E.164. */
	phone: string;
	/** Replaces the leading 0 of a national number, e.g. `62`. */
	countryCode: string;
	channelId: string;
	/** For a new contact; empty if not given. */
	contactName: string;
	/** For a new conversation; empty if not given. */
	assigneeId: string;
	reuseOpenConversation: boolean;
	/** Also reuse the latest resolved conversation if it was active within this time, in ms. */
	reuseResolvedWithinMs?: number;
	/** Contacts with one of these tags get no message. */
	skipContactTags: string[];
}

/** A contact with the recipient's number; its tags are only known if they matter. */
export type RecipientContact = Pick<Contact, 'id'> & Partial<Contact>;

/** Finds the contacts with the recipient's number, the oldest first; or the one that this run uses. */
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
		const latestInRun = sahut.latestInRun(newContactKey(phone))?.record?.id;
		const written = sahut.latestInRun(getPhoneMessageKey(recipient))?.context?.contact_id;
		const id = created.kind === 'done' ? created.record.id : (latestInRun ?? written);
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
		`It is not known whether a contact with ${phone} has one of the tags to skip: too many contacts match the end of the number`,
		{ description: 'Nothing was sent. Check the contact in Sahut, then send the message there.' },
	);
}

/** The ledger's key of a message to a phone number, whichever conversation it goes into. */
export const getPhoneMessageKey = ({ phone, channelId }: Recipient) =>
	`POST message to ${phone} on ${channelId}`;

/**
 * Finds a contact with a tag to skip, and the tag. A list row may lack the tags: then reads the contact.
 *
 * @throws AmbiguousError if tags are not a list of texts; NodeApiError
 */
export async function findTaggedContact(
	{ skipContactTags, phone }: Recipient,
	contacts: RecipientContact[],
	sahut: ItemClient,
): Promise<{ contact_id: string; tag: string } | undefined> {
	if (skipContactTags.length === 0) return undefined;
	const unwanted = new Set(skipContactTags.map(normalizeTag));
	for (const { id, tags: shown } of contacts) {
		const tags: unknown = shown ?? (await getContact(sahut, id)).tags ?? [];
		if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === 'string')) {
			throw new AmbiguousError(
				`It is not known whether contact "${id}" with ${phone} has one of the tags to skip: Sahut does not show its tags as a list of texts`,
				{ description: 'Nothing was sent. Check the contact in Sahut.' },
			);
		}
		const tag = tags.find((each) => unwanted.has(normalizeTag(each)));
		if (tag !== undefined) return { contact_id: id, tag };
	}
	return undefined;
}
