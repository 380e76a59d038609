import { contactKeys, contactLane, hasContactKey, type ContactKey } from '../../api/contactSearch';
import { getContact, updateContact, updateKey } from '../../api/contacts';
import {
	chooseContact,
	countKeys,
	createNotFoundError,
	findOnlyContact,
	isSent,
	referenceLane,
	referenceText,
	type ContactReference,
} from '../../api/contactReference';
import type { ItemClient } from '../../api/itemClient';
import type { Operation } from '../../runtime/operation';
import { undefinedIfNotFound } from '../../transport/errors';
import type { Contact, ContactChanges } from '../../transport/types';
import { requireChanges } from '../changes';
import { readContactReference } from '../contactReference';
import { collection, contactLocator } from '../fields';
import { applyGivenList, readListFields, tagFields, type GivenList } from '../listFields';
import { readContactFields } from './contactBody';
import { nameField, optionalFields } from './contactFields';

interface Input {
	reference: ContactReference;
	/** Without tags. */
	changes: ContactChanges;
	tags: GivenList;
}

/**
 * Updates a contact in its lane.
 *
 * @param contactId the requested ID: a response may show none, or show it as a number
 * @param contact the complete contact, read immediately before
 */
async function updateRead(
	contactId: string,
	contact: Contact,
	{ changes, tags: givenTags }: Input,
	sahut: ItemClient,
) {
	const tags = applyGivenList(givenTags, contact.tags, `contact "${contactId}"`);
	const all = { ...changes, ...(tags && { tags }) };
	return await updateContact(contactId, contact, all, sahut);
}

/**
 * Finds the contact with a phone number or an email address, and updates it in the lane of its ID.
 *
 * @param countLookups as for `ContactList.find`
 * @throws NotFoundError if no contact has the number or address at the time of the update
 */
async function updateByKey(
	key: ContactKey,
	input: Input,
	sahut: ItemClient,
	countLookups: () => number,
): Promise<Contact> {
	const find = async () => await findOnlyContact(key, sahut, countLookups);
	const id = await chooseContact(key, sahut, updateKey, find);
	const run = async () => {
		// An earlier try may have given the contact another number.
		const mayHaveChanged = isSent(sahut, updateKey(id));
		const contact = await getContact(sahut, id).catch(undefinedIfNotFound);
		const isSame = contact && (mayHaveChanged || hasContactKey(contact, key));
		return isSame ? await updateRead(id, contact, input, sahut) : undefined;
	};
	const updated = await sahut.cache.runInLane(`contact ${id}`, run, sahut.signal);
	if (updated) return updated;
	// If the complete list of contacts is out of date, a search may find the contact.
	if (!sahut.contactList.remove(id)) throw createNotFoundError(key);
	return await updateByKey(key, input, sahut, countLookups);
}

export const update: Operation<Input> = {
	value: 'update',
	name: 'Update',
	action: 'Update a contact',
	description: 'Change fields of a contact. Returns the updated contact.',
	pastParticiple: 'updated',
	fields: [
		contactLocator('If several contacts have the phone number or email, the item fails.'),
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
		return { reference: readContactReference(params), changes, tags };
	},
	// As in Create or Update, also the new number and address. The update itself enters the lane of the ID.
	lane: ({ reference, changes }) =>
		'id' in reference
			? referenceLane(reference)
			: [referenceLane(reference), ...contactKeys(changes).map(contactLane)],
	async run(input, sahut, unfinished) {
		const { reference } = input;
		// The ledger records the result, because a retry that compares again may find other differences.
		const json = await sahut.once(`update of ${referenceText(reference)}`, {
			async run() {
				if ('id' in reference) {
					const { id } = reference;
					return { ...(await updateRead(id, await getContact(sahut, id), input, sahut)) };
				}
				const countLookups = () => countKeys([...unfinished].map((each) => each.reference));
				return { ...(await updateByKey(reference, input, sahut, countLookups)) };
			},
		});
		return [{ json }];
	},
};
