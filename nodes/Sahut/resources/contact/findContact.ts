import type { IDataObject } from 'n8n-workflow';

import type { SahutClient } from '../../transport/client';
import { fetchList } from '../../transport/pagination';
import type { Contact, SahutRequest, WriteTrace } from '../../transport/types';
import { canComeOf } from '../../transport/writtenSince';

/** What tells one contact from another: a phone number as E.164, or an email address. */
export type ContactKey = { phone: string } | { email: string };

/** Whether a contact has this phone number, or this email address in whatever case. */
function hasKey({ phone, email }: Contact, key: ContactKey): boolean {
	return 'phone' in key
		? phone === key.phone
		: email?.toLowerCase() === key.email.trim().toLowerCase();
}

function byAge(a: Contact, b: Contact): number {
	return Date.parse(a.created_at) - Date.parse(b.created_at);
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
 * The contact with exactly this phone number or email address. Of several, the oldest: it stays the
 * same one when duplicates are added later, and it has the history with the customer.
 *
 * @throws NodeApiError when contacts cannot be read.
 */
export async function findContact(
	sahut: SahutClient,
	key: ContactKey,
): Promise<Contact | undefined> {
	const text = 'phone' in key ? key.phone : key.email.trim();
	const [oldest] = await findAll(sahut, text, (contact) => hasKey(contact, key));
	return oldest;
}

/** `POST /contacts` (API reference, "Contacts"). */
export type NewContact = IDataObject & { name: string; phone?: string; email?: string };

function keyOf({ phone, email }: NewContact): ContactKey | undefined {
	if (phone !== undefined) return { phone };
	return email === undefined ? undefined : { email };
}

/** Looks, once, whether a contact was made although the answer did not arrive. */
async function findCreated(
	sahut: SahutClient,
	body: NewContact,
	trace: WriteTrace,
): Promise<IDataObject | undefined> {
	const key = keyOf(body);
	const [created] = await findAll(
		sahut,
		body.phone ?? body.email ?? body.name,
		(contact) =>
			(key ? hasKey(contact, key) : contact.name === body.name) && canComeOf(contact, sahut, trace),
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
		isRecognizable: keyOf(body) !== undefined,
		findWritten: async (sahut, trace) => await findCreated(sahut, body, trace),
	};
}
