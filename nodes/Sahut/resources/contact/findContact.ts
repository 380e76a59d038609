import type { IDataObject } from 'n8n-workflow';

import { byAge } from '../../transport/byAge';
import { fetchList } from '../../transport/pagination';
import type { Contact, SahutClient, SahutRequest, WriteTrace } from '../../transport/types';
import { canComeOf } from '../../transport/writtenSince';
import { hasValues } from '../hasValues';

/** What tells one contact from another: a phone number as E.164, or an email address. */
export type ContactKey = { phone: string } | { email: string };

/** Two that mean the same contact are alike. */
export function keyText(key: ContactKey): string {
	return 'phone' in key ? key.phone : key.email.trim().toLowerCase();
}

/** The lane of all that is done for this contact. */
export function laneOf(key: ContactKey): string {
	return `${'phone' in key ? 'phone' : 'email'} ${keyText(key)}`;
}

/** Whether a contact has this phone number, or this email address in whatever case. */
export function hasKey({ phone, email }: Contact, key: ContactKey): boolean {
	return ('phone' in key ? phone : email?.toLowerCase()) === keyText(key);
}

/** `GET /contacts?q=…` also finds what only resembles the text, so each result is looked at. */
async function findAll(
	sahut: SahutClient,
	text: string,
	isWanted: (contact: Contact) => boolean,
): Promise<Contact[]> {
	const contacts = await fetchList<Contact>(sahut, {
		path: ['contacts'],
		query: { q: text },
		subject: `contact "${text}"`,
	});
	return contacts.filter(isWanted).sort(byAge);
}

/**
 * The contacts with exactly this phone number or email address. The oldest comes first: it stays the
 * same one when duplicates are added later, and it has the history with the customer.
 *
 * @throws NodeApiError when contacts cannot be read.
 */
export async function findContacts(sahut: SahutClient, key: ContactKey): Promise<Contact[]> {
	const text = 'phone' in key ? key.phone : key.email.trim();
	return await findAll(sahut, text, (contact) => hasKey(contact, key));
}

/** `POST /contacts` (API reference, "Contacts"). */
export type NewContact = IDataObject & { name: string; phone?: string; email?: string };

/** Email addresses are alike in whatever case. */
const inLowerCase = <T extends { email?: string | null }>(contact: T) => ({
	...contact,
	email: contact.email?.toLowerCase(),
});

/** Looks, once, whether a contact was made although the answer did not arrive. */
async function findCreated(
	sahut: SahutClient,
	trace: WriteTrace,
): Promise<IDataObject | undefined> {
	const body = trace.body as NewContact;
	const [created] = await findAll(
		sahut,
		body.phone ?? body.email ?? body.name,
		(contact) =>
			hasValues(inLowerCase(contact), inLowerCase(body)) && canComeOf(contact, sahut, trace),
	);
	return created && { ...created };
}

/** `POST /contacts`. A contact whose answer is lost is looked for, not made a second time. */
export function createContactRequest(body: NewContact): SahutRequest {
	return {
		method: 'POST',
		path: ['contacts'],
		body,
		expects: 'record',
		subject: `contact "${body.name}"`,
		findWritten: findCreated,
	};
}
