import { rowsField, textField, textsField } from '../fieldTypes';

export const nameField = textField('Name', 'name', {
	placeholder: 'e.g. Budi Santoso',
	description: 'What the person is called in Sahut',
});

export const phoneField = textField('Phone', 'phone', {
	placeholder: 'e.g. 0812-3456-7890',
	description: 'In any usual form; foreign numbers begin with +. Stored as +6281234567890.',
});

export const emailField = textField('Email', 'email', {
	placeholder: 'name@email.com',
	description: 'The email address of the person',
});

const attribute = {
	displayName: 'Attribute',
	name: 'attribute',
	values: [
		textField('Name', 'name', {
			placeholder: 'e.g. kota',
			description: 'The key of the attribute in Sahut',
		}),
		textField('Value', 'value', {
			placeholder: 'e.g. Bandung',
			description: 'What it is for this person',
		}),
	],
};

/** What a contact can have beside its name, each optional, in alphabetical order. */
export const optionalFields = {
	company: textField('Company', 'company', {
		placeholder: 'e.g. Toko Makmur',
		description: 'The company that the person belongs to',
	}),
	customAttributes: rowsField('Custom Attributes', 'customAttributes', attribute, {
		description:
			'Further facts about the person; attributes that are not named here stay as they are',
	}),
	email: emailField,
	phone: phoneField,
	tags: textsField('Tags', 'tags', 'Tag', {
		placeholder: 'e.g. pelanggan-setia',
		description: 'All tags that the contact shall have: they replace those it has',
	}),
};
