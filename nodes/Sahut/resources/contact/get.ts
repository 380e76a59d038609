import { getContact } from '../../api/contacts';
import {
	countKeys,
	findOldestContact,
	referenceLane,
	type ContactReference,
} from '../../api/contactReference';
import type { Operation } from '../../runtime/operation';
import { readContactReference } from '../contactReference';
import { contactLocator } from '../fields';

export const get: Operation<ContactReference> = {
	value: 'get',
	name: 'Get',
	action: 'Get a contact',
	description:
		'Get a contact by its ID, phone number or email. Returns the contact with its tags and custom attributes.',
	pastParticiple: 'read',
	readsOnly: true,
	fields: [
		contactLocator(
			'If several contacts have the phone number or email, the oldest one is returned.',
		),
	],
	read: readContactReference,
	// A contact that another item or execution is creating with this number or address is found.
	lane: (reference) => ('id' in reference ? [] : referenceLane(reference)),
	async run(reference, sahut, unfinished) {
		const contact =
			'id' in reference
				? await getContact(sahut, reference.id)
				: await findOldestContact(reference, sahut, () => countKeys([...unfinished]), true);
		return [{ json: { ...contact } }];
	},
};
