import type { ItemClient } from '../../runtime/operation';
import type { Contact, SahutRequest } from '../../transport/types';
import { createContact, readJustCreated } from '../contact/createContact';
import { findContacts } from '../contact/findContact';
import { createContactRequest, type NewContact } from '../contact/requests';
import { refuseFirstText } from './channelKind';
import type { Recipient } from './findConversation';

/** The contacts with the recipient's number, the oldest first, and whether this item made it. */
export type Contacts = { ids: string[]; created: boolean };

/** The contacts with the recipient's number, as Sahut has them now: read when they are first needed. */
export type ReadContacts = () => Promise<Contact[]>;

const newContact = ({ phone, contactName }: Recipient): NewContact => ({
	name: contactName || phone,
	phone,
});

/** What makes the contact of who has none yet. */
export function newContactRequest(recipient: Recipient): SahutRequest {
	return { ...createContactRequest(newContact(recipient)), target: recipient.phone };
}

/** Their IDs, in their order. */
export const idsOf = (contacts: Contact[]) => contacts.map(({ id }) => id);

/**
 * The contacts with a number, read when first asked for; one that was made here a moment ago, if none is
 * shown. Where a tag of any of them counts, in whatever
 * form their number is stored, they are searched by what all forms have in common.
 */
export function contactsOf(
	{ phone, countryCode, skipContactTags }: Recipient,
	sahut: ItemClient,
): ReadContacts {
	const key = { phone, countryCode, inAnyForm: skipContactTags.length > 0 };
	let reading: Promise<Contact[]> | undefined;
	const read = async () => {
		const found = await findContacts(sahut, key);
		return found.length > 0 ? found : [(await readJustCreated(key, sahut)) ?? []].flat();
	};
	return async () => await (reading ??= read());
}

/** Finds the contacts with the recipient's number, or makes one; recorded for the item. */
export async function reachContacts(
	recipient: Recipient,
	readContacts: ReadContacts,
	sahut: ItemClient,
): Promise<Contacts> {
	const { phone } = recipient;
	// An earlier item with this number may have made it; Sahut's search may not show it at once.
	const known = sahut.share<{ ids?: string[] }>(`contact of ${phone}`, () => ({}));
	const contacts = await sahut.decide<Contacts>(`contact of ${phone}`, async () => {
		const ids = known.ids ?? idsOf(await readContacts());
		if (ids.length > 0) return { ids, created: false };
		await refuseFirstText(recipient, sahut);
		const { id } = await createContact(newContact(recipient), sahut, phone);
		return { ids: [id], created: true };
	});
	known.ids = contacts.ids;
	return contacts;
}
