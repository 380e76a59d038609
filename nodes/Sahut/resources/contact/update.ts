import { UserError } from 'n8n-workflow';

import { getContact, updateContact, type ContactFields } from '../../api/contacts';
import type { Operation } from '../../runtime/operation';
import { collection, contactLocator } from '../fields';
import { keepAttributes, readContactFields } from './contactBody';
import { nameField, optionalFields } from './contactFields';

interface Input {
	contactId: string;
	changes: ContactFields;
}

export const update: Operation<Input> = {
	value: 'update',
	name: 'Update',
	action: 'Update a contact',
	description:
		'Change some fields of a contact whose ID is known, and leave the others; returns the changed contact',
	done: 'updated',
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
		const changes = readContactFields(params, 'updateFields');
		if (Object.keys(changes).length === 0) {
			throw new UserError('There is nothing to update', {
				description:
					'Add a field under Update Fields and give it a value. Empty fields count as not given; check that expressions have a value for this item.',
			});
		}
		return { contactId: params.locator('contactId'), changes };
	},
	lane: ({ contactId }) => `contact ${contactId}`,
	async run({ contactId, changes }, sahut) {
		// Which attributes stay depends on when they are read: once, however often n8n runs this.
		const json = await sahut.once(`update of ${contactId}`, {
			async run() {
				const body = changes.custom_attributes
					? keepAttributes(await getContact(sahut, contactId), changes)
					: changes;
				return { ...(await updateContact(contactId, body, sahut)) };
			},
		});
		return [{ json }];
	},
};
