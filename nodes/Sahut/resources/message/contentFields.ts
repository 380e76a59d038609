import type { INodeProperties } from 'n8n-workflow';

import { choiceField, optionsOf, rowsField, showIf, textField } from '../fieldTypes';

const whenTemplate = { messageType: ['template', 'textOrTemplate'] };

const text = textField('Text', 'content', {
	typeOptions: { rows: 4 },
	required: true,
	placeholder: 'e.g. Halo Budi, pesanan Anda sudah dikirim.',
	description: 'What the customer reads',
});

const templateId = textField('Template ID', 'templateId', {
	required: true,
	placeholder: 'e.g. tmpl_01HX7G4R8T2V5X',
	description:
		'The ID of a WhatsApp message template. Templates are created and approved in your Meta Business Manager; Sahut’s API has no list of them.',
});

const variable = {
	displayName: 'Variable',
	name: 'variable',
	values: [
		textField('Name', 'name', {
			placeholder: 'e.g. customer_name',
			description: 'The placeholder, as it is called in the template',
		}),
		textField('Value', 'value', {
			placeholder: 'e.g. Budi',
			description:
				'The text that the customer sees in its place, in one line: WhatsApp takes no line breaks, and they become spaces',
		}),
	],
};

/** Returns the field for one message type, and with a hint for Text, or Template After 24 Hours. */
const forTypes = (messageType: string, field: INodeProperties, hint: string) => [
	showIf({ messageType: [messageType] }, field),
	showIf({ messageType: ['textOrTemplate'] }, { ...field, hint }),
];

/** The fields for a message's content, for every operation that sends one. `readOutgoing` reads them. */
export const messageFields: INodeProperties[] = [
	choiceField('Message Type', 'messageType', {
		default: 'text',
		options: optionsOf({
			text: ['Text', 'On WhatsApp, only within 24 hours of the customer’s last message'],
			textOrTemplate: [
				'Text, or Template After 24 Hours',
				'The text while WhatsApp takes one, and the template when the customer has not written for 24 hours; on other channels always the text',
			],
			template: [
				'WhatsApp Template',
				'A template that Meta has approved: reaches the customer at any time',
			],
		}),
	}),
	...forTypes('text', text, 'Sent when the customer has written within 24 hours'),
	...forTypes('template', templateId, 'Sent when they have not'),
	choiceField('Template Variables Input', 'variablesInput', {
		default: 'fields',
		options: optionsOf({ fields: 'Using Fields Below', json: 'Using JSON' }),
		displayOptions: { show: whenTemplate },
	}),
	rowsField('Template Variables', 'templateVariables', variable, {
		description: 'The values for the placeholders of the template',
		displayOptions: { show: { ...whenTemplate, variablesInput: ['fields'] } },
	}),
	{
		displayName: 'Template Variables (JSON)',
		name: 'templateVariablesJson',
		type: 'json',
		default: '{}',
		placeholder: 'e.g. { "customer_name": "Budi", "total": "Rp 450.000" }',
		description:
			'An object with one value for each placeholder. Numbers and booleans are sent as text, the way WhatsApp shows them, and line breaks as spaces.',
		displayOptions: { show: { ...whenTemplate, variablesInput: ['json'] } },
	},
];
