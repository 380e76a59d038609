import { choiceField, optionsOf, rowsField, textField, textsField } from '../fieldTypes';

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
			description: 'The key of the attribute, as an admin has defined it in Sahut',
		}),
		choiceField('Type', 'type', {
			default: 'asGiven',
			description: 'The type of the attribute in Sahut. The node sends the value in this type.',
			options: optionsOf({
				asGiven: [
					'As Given',
					'No conversion: a fixed value is sent as text; a number, true or false from an expression keeps its type',
				],
				checkbox: ['Checkbox', 'True or false; also 1 or 0, yes or no, ya or tidak'],
				date: ['Date', 'A date such as 2026-11-30, or a date and time'],
				number: ['Number', 'Digits, with a dot for decimals, such as 12 or 12.5'],
				text: ['Text', 'Any value, sent as text'],
			}),
		}),
		textField('Value', 'value', {
			placeholder: 'e.g. Bandung',
			description: 'The value for this person. An empty value changes nothing.',
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
