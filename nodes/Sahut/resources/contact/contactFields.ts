import { choiceField, optionsOf, rowsField, textField, textsField } from '../fieldTypes';

export const nameField = textField('Name', 'name', {
	placeholder: 'e.g. Budi Santoso',
	description: 'The name of the contact',
});

export const phoneField = textField('Phone', 'phone', {
	placeholder: 'e.g. 0812-3456-7890',
	description:
		'Any common format, stored as e.g. +6281234567890. Numbers from other countries must start with +.',
});

export const emailField = textField('Email', 'email', {
	placeholder: 'name@email.com',
	description: 'The email address of the contact',
});

const attribute = {
	displayName: 'Attribute',
	name: 'attribute',
	values: [
		textField('Name', 'name', {
			placeholder: 'e.g. city',
			description: 'The key of the attribute, exactly as in Sahut',
		}),
		choiceField('Type', 'type', {
			default: 'asGiven',
			description: 'The type of the attribute in Sahut. The node sends the value in this type.',
			options: optionsOf({
				asGiven: [
					'As Given',
					'No conversion. Fixed values are sent as text; numbers, true and false from an expression keep their type.',
				],
				checkbox: [
					'Checkbox',
					'True or false. Also accepts 1 or 0, and yes or no in English or Indonesian.',
				],
				date: ['Date', 'A date such as 2026-11-30, or a date and time'],
				number: ['Number', 'Digits with a dot for decimals, such as 12 or 12.5'],
				text: ['Text', 'Any value, sent as text'],
			}),
		}),
		textField('Value', 'value', {
			placeholder: 'e.g. Bandung',
			description: 'The value of the attribute. An empty value changes nothing.',
		}),
	],
};

/** The optional fields of a contact, in alphabetical order. */
export const optionalFields = {
	company: textField('Company', 'company', {
		placeholder: 'e.g. Makmur Ltd',
		description: 'The company of the contact',
	}),
	customAttributes: rowsField('Custom Attributes', 'customAttributes', attribute, {
		description:
			'Attributes that an admin has defined in Sahut. Attributes that are not listed here do not change.',
	}),
	email: emailField,
	phone: phoneField,
	tags: textsField('Tags', 'tags', 'Tag', {
		placeholder: 'e.g. vip',
		description: 'The tags of the contact',
	}),
};
