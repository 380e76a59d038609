import type { INodeProperties } from 'n8n-workflow';

const EITHER = 'textOrTemplate';
const whenTemplate = { messageType: ['template', EITHER] };

const text: INodeProperties = {
	displayName: 'Text',
	name: 'content',
	type: 'string',
	typeOptions: { rows: 4 },
	required: true,
	default: '',
	placeholder: 'e.g. Halo Budi, pesanan Anda sudah dikirim.',
	description: 'What the customer reads',
};

const templateId: INodeProperties = {
	displayName: 'Template ID',
	name: 'templateId',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. tmpl_01HX7G4R8T2V5X',
	description:
		'The ID of the approved WhatsApp message template. Sahut’s API has no list of templates: whoever made it in Sahut knows its ID and the names of its variables.',
};

/** The field, for some message types only. */
const show = (field: INodeProperties, messageType: string[]): INodeProperties => ({
	...field,
	displayOptions: { show: { messageType } },
});

/** What a message consists of, for every operation that sends one. Read by `message/content.ts`. */
export const messageFields: INodeProperties[] = [
	{
		displayName: 'Message Type',
		name: 'messageType',
		type: 'options',
		default: 'text',
		options: [
			{
				name: 'Text',
				value: 'text',
				description: 'On WhatsApp, only within 24 hours of the customer’s last message',
			},
			{
				name: 'Text, or Template After 24 Hours',
				value: EITHER,
				description:
					'The text while WhatsApp takes one, and the template when the customer has not written for 24 hours; on other channels always the text',
			},
			{
				name: 'WhatsApp Template',
				value: 'template',
				description: 'A template that Meta has approved: reaches the customer at any time',
			},
		],
	},
	show(text, ['text']),
	show({ ...text, hint: 'Sent when the customer has written within 24 hours' }, [EITHER]),
	show(templateId, ['template']),
	show({ ...templateId, hint: 'Sent when they have not' }, [EITHER]),
	{
		displayName: 'Template Variables Input',
		name: 'variablesInput',
		type: 'options',
		default: 'fields',
		options: [
			{ name: 'Using Fields Below', value: 'fields' },
			{ name: 'Using JSON', value: 'json' },
		],
		displayOptions: { show: whenTemplate },
	},
	{
		displayName: 'Template Variables',
		name: 'templateVariables',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		default: {},
		placeholder: 'Add Variable',
		description: 'The values for the placeholders of the template',
		displayOptions: { show: { ...whenTemplate, variablesInput: ['fields'] } },
		options: [
			{
				displayName: 'Variable',
				name: 'variable',
				values: [
					{
						displayName: 'Name',
						name: 'name',
						type: 'string',
						default: '',
						placeholder: 'e.g. customer_name',
						description: 'The placeholder, as it is called in the template',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. Budi',
						description:
							'The text that the customer sees in its place, in one line: WhatsApp takes no line breaks, and they become spaces',
					},
				],
			},
		],
	},
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
