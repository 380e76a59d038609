import type { INodeProperties } from 'n8n-workflow';

export const conversationLocator: INodeProperties = {
	displayName: 'Conversation',
	name: 'conversationId',
	type: 'resourceLocator',
	required: true,
	default: { mode: 'list', value: '' },
	description: 'The conversation with your customer, on one of your channels',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a conversation…',
			typeOptions: { searchListMethod: 'searchConversations', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. conv_01HX2B9K3M5N7P',
		},
	],
};

/** The pair that every List operation has. */
export const returnAllAndLimit: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		displayOptions: { show: { returnAll: [false] } },
		default: 50,
		description: 'Max number of results to return',
	},
];

/** How many requests may be in flight at once, as an entry of an Options collection. */
export function concurrencyOption(description: string): INodeProperties {
	return {
		displayName: 'Concurrency',
		name: 'concurrency',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 20 },
		default: 5,
		description,
	};
}

/** The Options that every operation has that sends a message, in alphabetical order. */
export const sendOptions = {
	concurrency: concurrencyOption(
		'How many messages may be on their way at once, from 1 to 20. Messages to the same conversation are always sent one after another.',
	),
	dryRun: {
		displayName: 'Dry Run',
		name: 'dryRun',
		type: 'boolean',
		default: false,
		description:
			'Whether to make all checks and return the request that would be sent, without sending anything',
	},
	requestsPerMinute: {
		displayName: 'Requests per Minute',
		name: 'requestsPerMinute',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 60,
		description:
			'How many requests may start within a minute, evenly spread. Keeps a part of your plan’s rate limit (60, 300 or 1,000) free for other integrations.',
	},
} satisfies Record<string, INodeProperties>;

const whenTemplate = { messageType: ['template'] };

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
				name: 'WhatsApp Template',
				value: 'template',
				description: 'A template that Meta has approved: reaches the customer at any time',
			},
		],
	},
	{
		displayName: 'Text',
		name: 'content',
		type: 'string',
		typeOptions: { rows: 4 },
		required: true,
		default: '',
		placeholder: 'e.g. Halo Budi, pesanan Anda sudah dikirim.',
		description: 'What the customer reads',
		displayOptions: { show: { messageType: ['text'] } },
	},
	{
		displayName: 'Template ID',
		name: 'templateId',
		type: 'string',
		required: true,
		default: '',
		placeholder: 'e.g. tmpl_01HX7G4R8T2V5X',
		description: 'The ID of the approved WhatsApp message template in Sahut',
		displayOptions: { show: whenTemplate },
	},
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
						description: 'The text that the customer sees in its place',
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
			'An object with one value for each placeholder. Numbers and booleans are sent as text, the way WhatsApp shows them.',
		displayOptions: { show: { ...whenTemplate, variablesInput: ['json'] } },
	},
];
