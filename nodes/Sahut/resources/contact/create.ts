import { createContact, type NewContact } from '../../api/contacts';
import { contactKeys, contactLane } from '../../api/contactSearch';
import type { Operation } from '../../runtime/operation';
import { collection } from '../fields';
import { readContactFields } from './contactBody';
import { nameField, optionalFields } from './contactFields';

export const create: Operation<NewContact> = {
	value: 'create',
	name: 'Create',
	action: 'Create a contact',
	description:
		'Add a contact, even if there is one like it (to avoid that, use Create or Update); returns the new contact',
	pastParticiple: 'created',
	fields: [
		{ ...nameField, required: true },
		collection('additionalFields', Object.values(optionalFields)),
	],
	read(params) {
		const name = params.required('name', 'Enter a name.').trim();
		return { ...readContactFields(params, 'additionalFields'), name };
	},
	// One after another, so that after a lost answer it is clear which of two alike is whose.
	lane: (contact) => [...contactKeys(contact).map(contactLane), `name ${contact.name}`],
	async run(body, sahut) {
		return [{ json: { ...(await createContact(body, sahut)) } }];
	},
};
