import type { INodeProperties } from 'n8n-workflow';

import { choiceField, optionsOf, rowsField, showIf, textField } from '../fieldTypes';

const whenTemplate = { messageType: ['template', 'textOrTemplate'] };

const text = textField('Text', 'content', {
	typeOptions: { rows: 4 },
	required: true,
	placeholder: 'e.g. Hi Budi, your order is on its way.',
	description: 'The text of the message',
});

const templateId = textField('Template ID', 'templateId', {
	required: true,
	placeholder: 'e.g. tmpl_01HX7G4R8T2V5X',
	description:
		'The ID of an approved WhatsApp template. Sahut’s API has no list of templates: ask the person who manages them in your Meta Business Manager.',
});

const variable = {
	displayName: 'Variable',
	name: 'variable',
	values: [
		textField('Name', 'name', {
			placeholder: 'e.g. customer_name',
			description: 'The name of the variable, exactly as in the template',
		}),
		textField('Value', 'value', {
			placeholder: 'e.g. Budi',
			description:
				'The text for the variable. WhatsApp does not accept line breaks here, so they become spaces.',
		}),
	],
};

/** Returns a field for a message type, and again, with a hint, for Text, or Template After 24 Hours. */
const forMessageTypes = (messageType: string, field: INodeProperties, hint: string) => [
	showIf({ messageType: [messageType] }, field),
	showIf({ messageType: ['textOrTemplate'] }, { ...field, hint }),
];

/** The fields for the content of a message. `readOutgoing` reads them. */
export const messageFields: INodeProperties[] = [
	choiceField('Message Type', 'messageType', {
		default: 'text',
		options: optionsOf({
			text: ['Text', 'WhatsApp accepts it only within 24 hours of the customer’s last message'],
			textOrTemplate: [
				'Text, or Template After 24 Hours',
				'Sends the text if the customer wrote within the last 24 hours, otherwise the template. On channels other than WhatsApp, always sends the text.',
			],
			template: [
				'WhatsApp Template',
				'A template that Meta has approved. WhatsApp accepts it at any time.',
			],
		}),
	}),
	...forMessageTypes('text', text, 'Sent if the customer wrote within the last 24 hours'),
	...forMessageTypes(
		'template',
		templateId,
		'Sent if the customer did not write within the last 24 hours',
	),
	choiceField('Template Variables Input', 'variablesInput', {
		default: 'fields',
		options: optionsOf({ fields: 'Using Fields Below', json: 'Using JSON' }),
		displayOptions: { show: whenTemplate },
	}),
	rowsField('Template Variables', 'templateVariables', variable, {
		description: 'The variables of the template and their values',
		displayOptions: { show: { ...whenTemplate, variablesInput: ['fields'] } },
	}),
	{
		displayName: 'Template Variables (JSON)',
		name: 'templateVariablesJson',
		type: 'json',
		default: '{}',
		placeholder: 'e.g. { "customer_name": "Budi", "total": "Rp 450.000" }',
		description:
			'A JSON object with the name and value of each variable. Numbers and booleans are sent as text, and line breaks as spaces.',
		displayOptions: { show: { ...whenTemplate, variablesInput: ['json'] } },
	},
];
