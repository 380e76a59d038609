import type { INodeProperties } from 'n8n-workflow';

import { DEFAULT_CONCURRENCY } from '../transport/settings';

/** What a person picks from a searchable list, or names by its ID. */
function locator({
	displayName,
	name,
	description,
	searchListMethod,
	exampleId,
}: Record<
	'displayName' | 'name' | 'description' | 'searchListMethod' | 'exampleId',
	string
>): INodeProperties {
	return {
		displayName,
		name,
		type: 'resourceLocator',
		required: true,
		default: { mode: 'list', value: '' },
		description,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: `Select a ${displayName.toLowerCase()}…`,
				typeOptions: { searchListMethod, searchable: true },
			},
			{ displayName: 'By ID', name: 'id', type: 'string', placeholder: `e.g. ${exampleId}` },
		],
	};
}

export const conversationLocator = locator({
	displayName: 'Conversation',
	name: 'conversationId',
	description: 'The conversation with your customer, on one of your channels',
	searchListMethod: 'searchConversations',
	exampleId: 'conv_01HX2B9K3M5N7P',
});

export const contactLocator = locator({
	displayName: 'Contact',
	name: 'contactId',
	description: 'The person, as Sahut knows them',
	searchListMethod: 'searchContacts',
	exampleId: 'ct_01HX1A4C7D9E2F',
});

export const channelLocator = locator({
	displayName: 'Channel',
	name: 'channelId',
	description:
		'Your WhatsApp number, or another of your channels. The list has those that were used recently.',
	searchListMethod: 'searchChannels',
	exampleId: 'ch_01HX0B3D5F7G9H',
});

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

/** The collections of optional fields, as n8n's own nodes label them. */
const COLLECTIONS = {
	additionalFields: { displayName: 'Additional Fields', placeholder: 'Add Field' },
	filters: { displayName: 'Filters', placeholder: 'Add Filter' },
	options: { displayName: 'Options', placeholder: 'Add Option' },
	updateFields: { displayName: 'Update Fields', placeholder: 'Add Field' },
};

/** Optional fields, which a person adds one by one; in alphabetical order. */
export function collection(
	name: keyof typeof COLLECTIONS,
	options: INodeProperties[],
): INodeProperties {
	return { ...COLLECTIONS[name], name, type: 'collection', default: {}, options };
}

/** A dropdown inside a collection for an ID, which can be given by hand too. */
export function idOption(
	displayName: string,
	name: string,
	loadOptionsMethod: string,
	description: string,
): INodeProperties {
	return {
		displayName: `${displayName} Name or ID`,
		name,
		type: 'options',
		typeOptions: { loadOptionsMethod },
		default: '',
		description: `${description}. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.`,
	};
}

/** How many requests may be in flight at once, as an entry of an Options collection. */
export function concurrencyOption(
	description: string,
	fallback: number = DEFAULT_CONCURRENCY.write,
): INodeProperties {
	return {
		displayName: 'Concurrency',
		name: 'concurrency',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 20 },
		default: fallback,
		description,
	};
}

/** The Options of an operation that lists records, e.g. `contacts`. */
export function listOptions(records: string): INodeProperties {
	return collection('options', [
		concurrencyOption(
			`How many pages of 100 ${records} are fetched at once, from 1 to 20. The order of the ${records} stays the same.`,
			DEFAULT_CONCURRENCY.read,
		),
	]);
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
	skipIfSentWithin: {
		displayName: 'Skip If Sent Within (Hours)',
		name: 'skipIfSentWithin',
		type: 'number',
		typeOptions: { minValue: 0, numberPrecision: 2 },
		default: 24,
		description:
			'Sends nothing when the conversation has had this message within so many hours, from whomever: the item is then that message, with "skipped". So a workflow that runs twice sends once. A template is told by its values: give it one that is unique to it, such as an order number that no other template names.',
	},
} satisfies Record<string, INodeProperties>;
