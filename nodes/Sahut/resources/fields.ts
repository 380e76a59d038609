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
