import { createContact } from '../../api/contacts';
import { contactKeys, contactLane } from '../../api/contactSearch';
import type { Operation } from '../../runtime/operation';
import type { NewContact } from '../../transport/types';
import { collection } from '../fields';
import { readContactFields } from './contactBody';
import { nameField, optionalFields } from './contactFields';

export const create: Operation<NewContact> = {
	value: 'create',
	name: 'Create',
	action: 'Create a contact',
	description: 'Create a contact and return it. To avoid duplicates, use Create or Update instead.',
	pastParticiple: 'created',
	fields: [
		{ ...nameField, required: true },
		collection('additionalFields', Object.values(optionalFields)),
	],
	read(params) {
		const name = params.required('name', 'Enter a name.').trim();
		const tags = params.texts('additionalFields.tags');
		return { ...readContactFields(params, 'additionalFields'), ...(tags && { tags }), name };
	},
	// In parallel, a search after a lost response could return the equal contact of another item.
	lane: (contact) => [...contactKeys(contact).map(contactLane), `name ${contact.name}`],
	async run(body, sahut) {
		return [{ json: { ...(await createContact(body, sahut)) } }];
	},
};
