import { UserError } from 'n8n-workflow';

import type { Operation, ItemClient } from '../../runtime/operation';
import type { Contact } from '../../transport/types';
import { checkEmail } from '../emailAddress';
import { collection } from '../fields';
import { hasValues } from '../hasValues';
import { normalizePhone } from '../phoneNumber';
import { keepAttributes, readContactFields, type ContactFields } from './contactBody';
import { createContact, readJustCreated } from './createContact';
import { emailField, nameField, optionalFields, phoneField } from './contactFields';
import { findContacts, hasKey, keysIn, keyText, laneOf, type ContactKey } from './findContact';
import { getContactRequest, updateContactRequest } from './requests';

interface Input {
	key: ContactKey;
	/** What is given beside the key. */
	fields: ContactFields;
}

/** All that the contact is known by once the item is done. */
function keysOf({ key, fields }: Input): ContactKey[] {
	return [key, ...keysIn(fields)];
}

interface Found {
	contact: Contact;
	/** Whether it was read just now. */
	isFresh: boolean;
}

/** What the items of a run know, since Sahut's search may not show at once what they have made. */
interface Known {
	/** By ID, as they were when they were last written. */
	contacts: Map<string, Contact>;
	/** Key → ID, of those that were found by this key or made with it. */
	ids: Map<string, string>;
}

function whatIsKnown(sahut: ItemClient): Known {
	return sahut.share('upserted contacts', () => ({ contacts: new Map(), ids: new Map() }));
}

async function find({ key }: Input, { contacts, ids }: Known, sahut: ItemClient) {
	const known = contacts.get(ids.get(keyText(key)) ?? '');
	if (known && hasKey(known, key)) return { contact: known, isFresh: false };
	const [found] = await findContacts(sahut, key);
	const contact = found ?? (await readJustCreated(key, sahut));
	return contact && { contact, isFresh: true };
}

async function create({ key, fields }: Input, sahut: ItemClient): Promise<Contact> {
	const { name } = fields;
	if (name === undefined) {
		throw new UserError(`There is no contact with ${keyText(key)} yet, and Name is empty`, {
			description: 'Enter a Name: Sahut needs one for a contact that is created.',
		});
	}
	return await createContact({ ...fields, ...key, name }, sahut, keyText(key));
}

async function update(
	{ contact, isFresh }: Found,
	{ fields }: Input,
	sahut: ItemClient,
): Promise<Contact> {
	if (hasValues(contact, fields)) return contact;
	// The attributes that stay are those of now.
	const now =
		isFresh || !fields.custom_attributes
			? contact
			: (await sahut.request<Contact>(getContactRequest(contact.id))).data;
	const request = updateContactRequest(contact.id, keepAttributes(now, fields));
	return (await sahut.request<Contact>(request)).data;
}

const onlyWhenMatchedBy = (matchBy: string) => ({
	displayOptions: { show: { matchBy: [matchBy] } },
});
const optionWhenMatchedBy = (matchBy: string) => ({
	displayOptions: { show: { '/matchBy': [matchBy] } },
});

export const upsert: Operation<Input> = {
	value: 'upsert',
	name: 'Create or Update',
	action: 'Create or update a contact',
	description:
		'Create a new contact with this phone number or email and return it, or update the current one if it already exists (upsert)',
	done: 'created or updated',
	fields: [
		{
			displayName: 'Match By',
			name: 'matchBy',
			type: 'options',
			default: 'phone',
			description:
				'How to tell whether the contact is there already; of several that match, the oldest is updated',
			options: [
				{ name: 'Email', value: 'email' },
				{ name: 'Phone', value: 'phone' },
			],
		},
		{ ...phoneField, ...onlyWhenMatchedBy('phone'), required: true },
		{ ...emailField, ...onlyWhenMatchedBy('email'), required: true },
		{
			...nameField,
			description:
				'What the person is called in Sahut. Needed to create a contact; left empty, one that is there keeps its name.',
		},
		collection('additionalFields', [
			optionalFields.company,
			optionalFields.customAttributes,
			{ ...optionalFields.email, ...optionWhenMatchedBy('phone') },
			{ ...optionalFields.phone, ...optionWhenMatchedBy('email') },
			optionalFields.tags,
		]),
	],
	read(params) {
		const byEmail = params.choice('matchBy') === 'email';
		const key = byEmail
			? { email: checkEmail(params.text('email')) }
			: { phone: normalizePhone(params.text('phone')) };
		const { email, phone, ...others } = readContactFields(params, 'additionalFields');
		const name = params.text('name').trim();
		return {
			key,
			fields: {
				...others,
				...(name && { name }),
				...(byEmail ? phone && { phone } : email && { email }),
			},
		};
	},
	// By one item it may be found by its phone number, by another by its email address.
	lane: (input) => keysOf(input).map(laneOf),
	async run(input, sahut) {
		const known = whatIsKnown(sahut);
		const remember = (contact: Contact, keys: ContactKey[]) => {
			known.contacts.set(contact.id, contact);
			for (const key of keys) known.ids.set(keyText(key), contact.id);
		};
		const json = await sahut.decide(`upsert of ${keyText(input.key)}`, async () => {
			const found = await find(input, known, sahut);
			if (found) return { ...(await update(found, input, sahut)) };
			const made = await create(input, sahut);
			remember(made, keysOf(input));
			return { ...made };
		});
		remember(json, [input.key]);
		return [{ json }];
	},
};
