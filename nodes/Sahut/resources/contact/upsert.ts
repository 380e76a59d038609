import { UserError } from 'n8n-workflow';

import type { Operation, Sahut } from '../../runtime/operation';
import type { Contact } from '../../transport/types';
import { checkEmail } from '../emailAddress';
import { hasValues } from '../hasValues';
import { normalizePhone } from '../phoneNumber';
import { collection } from '../fields';
import { readContactFields, type ContactFields } from './contactBody';
import { emailField, nameField, optionalFields, phoneField } from './contactFields';
import { createContactRequest, findContacts, keyText, type ContactKey } from './findContact';
import { keepAttributes, updateContactRequest } from './updateContact';

interface Input {
	key: ContactKey;
	/** What is given beside the key. */
	fields: ContactFields;
}

/** All that the contact is known by once the item is done; what it is matched by comes first. */
function keysOf({ key, fields: { phone, email } }: Input): ContactKey[] {
	return [key, ...(phone ? [{ phone }] : []), ...(email ? [{ email }] : [])];
}

/** Where the items of a run keep the contact with this key. */
async function cellOf(key: ContactKey, sahut: Sahut): Promise<{ contact?: Contact }> {
	return await sahut.share(`upserted contact ${keyText(key)}`, async () => ({}));
}

async function create({ key, fields }: Input, sahut: Sahut): Promise<Contact> {
	const { name } = fields;
	if (name === undefined) {
		throw new UserError(`There is no contact with ${keyText(key)} yet, and Name is empty`, {
			description: 'Enter a Name: Sahut needs one for a contact that is created.',
		});
	}
	const request = createContactRequest({ ...fields, ...key, name });
	return (await sahut.request<Contact>({ ...request, target: keyText(key) })).data;
}

async function update(contact: Contact, { fields }: Input, sahut: Sahut): Promise<Contact> {
	if (hasValues(contact, fields)) return contact;
	const request = updateContactRequest(contact.id, keepAttributes(contact, fields));
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
	lane: (input) => keysOf(input).map(keyText),
	async run(input, sahut) {
		// An earlier item of this lane may have made it; Sahut's search may not show it at once.
		const cells = await Promise.all(keysOf(input).map(async (key) => await cellOf(key, sahut)));
		const json = await sahut.decide(`upsert of ${keyText(input.key)}`, async () => {
			const contact = cells[0]!.contact ?? (await findContacts(sahut, input.key))[0];
			return { ...(await (contact ? update(contact, input, sahut) : create(input, sahut))) };
		});
		for (const [index, cell] of cells.entries()) {
			// Another contact may have the same address, too.
			if (index === 0 || !cell.contact || cell.contact.id === json.id) cell.contact = json;
		}
		return [{ json }];
	},
};
