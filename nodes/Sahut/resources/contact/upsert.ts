import { UserError } from 'n8n-workflow';

import type { Operation, Sahut } from '../../runtime/operation';
import type { Contact } from '../../transport/types';
import { checkEmail } from '../emailAddress';
import { hasValues } from '../hasValues';
import { normalizePhone } from '../phoneNumber';
import { collection } from '../fields';
import { readContactFields, type ContactFields } from './contactBody';
import { emailField, nameField, optionalFields, phoneField } from './contactFields';
import { createContactRequest, findContact, type ContactKey } from './findContact';
import { keepAttributes, updateContactRequest } from './updateContact';

interface Input {
	key: ContactKey;
	/** What is given beside the key. */
	fields: ContactFields;
}

/** The key as text: two that mean the same contact are alike. */
function keyText(key: ContactKey): string {
	return 'phone' in key ? key.phone : key.email.toLowerCase();
}

async function create({ key, fields }: Input, sahut: Sahut): Promise<Contact> {
	const { name } = fields;
	if (name === undefined) {
		throw new UserError(`There is no contact with ${keyText(key)} yet, and Name is empty`, {
			description: 'Enter a Name: Sahut needs one for a contact that is created.',
		});
	}
	const request = createContactRequest({ ...fields, ...key, name });
	return (await sahut.request<Contact>(request)).data;
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
	lane: ({ key }) => keyText(key),
	async run(input, sahut) {
		// An earlier item of this lane may have made it; Sahut's search may not show it at once.
		const known = await sahut.share<{ contact?: Contact }>(
			`upserted contact ${keyText(input.key)}`,
			async () => ({}),
		);
		const json = await sahut.decide(JSON.stringify(input), async () => {
			const contact = known.contact ?? (await findContact(sahut, input.key));
			known.contact = contact ? await update(contact, input, sahut) : await create(input, sahut);
			return { ...known.contact };
		});
		known.contact = json;
		return [{ json }];
	},
};
