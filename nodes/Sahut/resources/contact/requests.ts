import type { IDataObject } from 'n8n-workflow';

import type { Contact, SahutClient, SahutRequest, WriteTrace } from '../../transport/types';
import { canComeOf } from '../../transport/writtenSince';
import { hasValues } from '../hasValues';
import type { ContactFields } from './contactBody';
import { searchContacts, searchTexts } from './findContact';

/** `GET /contacts/{id}` (API reference, "Contacts"). */
export function getContactRequest(contactId: string): SahutRequest {
	return {
		method: 'GET',
		path: ['contacts', contactId],
		expects: 'record',
		subject: `contact "${contactId}"`,
	};
}

/** `POST /contacts` (API reference, "Contacts"). */
export type NewContact = IDataObject & { name: string; phone?: string; email?: string };

/** Email addresses are alike in whatever case. */
const inLowerCase = <T extends { email?: string | null }>(contact: T) => ({
	...contact,
	email: contact.email?.toLowerCase() || undefined,
});

/** Looks, once, whether a contact was made although the answer did not arrive. */
async function findCreated(
	sahut: SahutClient,
	trace: WriteTrace,
): Promise<IDataObject | undefined> {
	const body = trace.body as NewContact;
	const { name, phone, email } = body;
	const texts = phone ? searchTexts({ phone }) : [email ?? name];
	const [created] = await searchContacts(
		sahut,
		texts,
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

async function findUpdated(
	sahut: SahutClient,
	contactId: string,
	body: IDataObject,
): Promise<IDataObject | undefined> {
	const { data } = await sahut.request<Contact>(getContactRequest(contactId));
	return hasValues(data, body) ? { ...data } : undefined;
}

/** `PUT /contacts/{id}`. After a lost answer, the contact itself tells whether it has been changed. */
export function updateContactRequest(contactId: string, body: ContactFields): SahutRequest {
	return {
		method: 'PUT',
		path: ['contacts', contactId],
		body,
		expects: 'record',
		subject: `contact "${contactId}"`,
		findWritten: async (sahut, trace) => await findUpdated(sahut, contactId, trace.body),
	};
}
