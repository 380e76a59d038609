import { getContact, updateContact } from '../../api/contacts';
import type { Operation } from '../../runtime/operation';
import type { ContactChanges } from '../../transport/types';
import { requireChanges } from '../changes';
import { collection, contactLocator } from '../fields';
import { readContactFields } from './contactBody';
import { nameField, optionalFields } from './contactFields';

export const update: Operation<{ contactId: string; changes: ContactChanges }> = {
	value: 'update',
	name: 'Update',
	action: 'Update a contact',
	description: 'Change fields of a contact. Returns the updated contact.',
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
		// The ledger records the result, because a retry that compares again may find other differences.
		const json = await sahut.once(`update of ${contactId}`, {
			async run() {
				const contact = await getContact(sahut, contactId);
				return { ...(await updateContact(contactId, contact, changes, sahut)) };
			},
		});
		return [{ json }];
	},
};
