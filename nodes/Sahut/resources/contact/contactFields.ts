import type { INodeProperties } from 'n8n-workflow';

export const nameField: INodeProperties = {
	displayName: 'Name',
	name: 'name',
	type: 'string',
	default: '',
	placeholder: 'e.g. Budi Santoso',
	description: 'What the person is called in Sahut',
};

export const phoneField: INodeProperties = {
	displayName: 'Phone',
	name: 'phone',
	type: 'string',
	default: '',
	placeholder: 'e.g. 0812-3456-7890',
	description: 'In any usual form; foreign numbers begin with +. Stored as +6281234567890.',
};

export const emailField: INodeProperties = {
	displayName: 'Email',
	name: 'email',
	type: 'string',
	default: '',
	placeholder: 'name@email.com',
	description: 'The email address of the person',
};

const companyField: INodeProperties = {
	displayName: 'Company',
	name: 'company',
	type: 'string',
	default: '',
	placeholder: 'e.g. Toko Makmur',
	description: 'The company that the person belongs to',
};

const customAttributesField: INodeProperties = {
	displayName: 'Custom Attributes',
	name: 'customAttributes',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	default: {},
	placeholder: 'Add Attribute',
	description:
		'Further facts about the person; attributes that are not named here stay as they are',
	options: [
		{
			displayName: 'Attribute',
			name: 'attribute',
			values: [
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					default: '',
					placeholder: 'e.g. kota',
					description: 'The key of the attribute in Sahut',
				},
				{
					displayName: 'Value',
					name: 'value',
					type: 'string',
					default: '',
					placeholder: 'e.g. Bandung',
					description: 'What it is for this person',
				},
			],
		},
	],
};

const tagsField: INodeProperties = {
	displayName: 'Tags',
	name: 'tags',
	type: 'string',
	typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Tag' },
	default: '',
	placeholder: 'e.g. pelanggan-setia',
	description: 'All tags that the contact shall have: they replace those it has',
};

/** What a contact can have beside its name, each optional, in alphabetical order. */
export const optionalFields = {
	company: companyField,
	customAttributes: customAttributesField,
	email: emailField,
	phone: phoneField,
	tags: tagsField,
} satisfies Record<string, INodeProperties>;
