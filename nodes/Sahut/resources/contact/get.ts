import type { IDataObject } from 'n8n-workflow';

import type { Operation } from '../../runtime/operation';
import { contactLocator } from '../fields';
import { getContactRequest } from './requests';

export const get: Operation<string> = {
	value: 'get',
	name: 'Get',
	action: 'Get a contact',
	description: 'Look up one contact by its ID; returns the contact with its tags and attributes',
	done: 'read',
	readsOnly: true,
	fields: [contactLocator],
	read: (params) => params.locator('contactId'),
	async run(contactId, sahut) {
		const { data } = await sahut.request<IDataObject>(getContactRequest(contactId));
		return [{ json: data }];
	},
};
