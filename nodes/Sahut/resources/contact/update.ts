import { getContact, updateContact, type ContactFields } from '../../api/contacts';
import type { Operation } from '../../runtime/operation';
import { requireChanges } from '../changes';
import { collection, contactLocator } from '../fields';
import { readContactFields } from './contactBody';
import { nameField, optionalFields } from './contactFields';

export const update: Operation<{ contactId: string; changes: ContactFields }> = {
	value: 'update',
	name: 'Update',
	action: 'Update a contact',
	description:
		'Change some fields of a contact whose ID is known, and leave the others; returns the changed contact',
	pastParticiple: 'updated',
	fields: [
		contactLocator,
		collection('updateFields', [
			optionalFields.company,
			optionalFields.customAttributes,
			optionalFields.email,
			nameField,
			optionalFields.phone,
			optionalFields.tags,
		]),
	],
	read(params) {
		const changes = requireChanges(readContactFields(params, 'updateFields'));
		return { contactId: params.locator('contactId'), changes };
	},
	lane: ({ contactId }) => `contact ${contactId}`,
	async run({ contactId, changes }, sahut) {
		// The changes depend on when the contact is read: a retry must not decide again.
		const json = await sahut.once(`update of ${contactId}`, {
			async run() {
				const contact = await getContact(sahut, contactId);
				return { ...(await updateContact(contactId, contact, changes, sahut)) };
			},
		});
		return [{ json }];
	},
};
