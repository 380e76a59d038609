import { getContact } from '../../api/contacts';
import type { Operation } from '../../runtime/operation';
import { contactLocator } from '../fields';

export const get: Operation<string> = {
	value: 'get',
	name: 'Get',
	action: 'Get a contact',
	description: 'Get a contact by its ID. Returns the contact with its tags and custom attributes.',
	pastParticiple: 'read',
	readsOnly: true,
	fields: [contactLocator],
	read: (params) => params.locator('contactId'),
	run: async (contactId, sahut) => [{ json: { ...(await getContact(sahut, contactId)) } }],
};
