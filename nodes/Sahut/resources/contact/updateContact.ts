import type { IDataObject } from 'n8n-workflow';

import type { Contact, SahutClient, SahutRequest } from '../../transport/types';
import { hasValues } from '../hasValues';
import type { ContactFields } from './contactBody';

export function getContactRequest(contactId: string): SahutRequest {
	return {
		method: 'GET',
		path: ['contacts', contactId],
		expects: 'record',
		subject: `contact "${contactId}"`,
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

/**
 * The changes, with the custom attributes that stay: the API reference does not say whether those
 * that are not sent are kept.
 */
export function keepAttributes(
	{ custom_attributes: existing }: Contact,
	{ custom_attributes: given, ...changes }: ContactFields,
): IDataObject {
	return given ? { ...changes, custom_attributes: { ...existing, ...given } } : changes;
}
