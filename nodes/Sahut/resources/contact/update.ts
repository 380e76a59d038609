import { getContact, updateContact } from '../../api/contacts';
import type { Operation } from '../../runtime/operation';
import type { ContactChanges } from '../../transport/types';
import { requireChanges } from '../changes';
import { collection, contactLocator } from '../fields';
import { applyGivenList, readListFields, tagFields, type GivenList } from '../listFields';
import { readContactFields } from './contactBody';
import { nameField, optionalFields } from './contactFields';

interface Input {
	contactId: string;
	/** Without tags. */
	changes: ContactChanges;
	tags: GivenList;
}

export const update: Operation<Input> = {
	value: 'update',
	name: 'Update',
	action: 'Update a contact',
	description: 'Change fields of a contact. Returns the updated contact.',
	pastParticiple: 'updated',
	fields: [
		contactLocator,
		collection('updateFields', [
			tagFields.add,
			optionalFields.company,
			optionalFields.customAttributes,
			optionalFields.email,
			nameField,
			optionalFields.phone,
			tagFields.remove,
			tagFields.set,
		]),
	],
	read(params) {
		const changes = readContactFields(params, 'updateFields');
		const tags = readListFields(params, 'updateFields', tagFields);
		requireChanges({ ...changes, ...tags });
		return { contactId: params.locator('contactId'), changes, tags };
	},
	lane: ({ contactId }) => `contact ${contactId}`,
	async run({ contactId, changes, tags: givenTags }, sahut) {
		// The ledger records the result, because a retry that compares again may find other differences.
		const json = await sahut.once(`update of ${contactId}`, {
			async run() {
				const contact = await getContact(sahut, contactId);
				const tags = applyGivenList(givenTags, contact.tags, `contact "${contactId}"`);
				const all = { ...changes, ...(tags && { tags }) };
				return { ...(await updateContact(contactId, contact, all, sahut)) };
			},
		});
		return [{ json }];
	},
};
