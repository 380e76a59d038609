import type { INodeProperties } from 'n8n-workflow';

import { DEFAULT_CONCURRENCY } from '../transport/settings';
import { choiceField, flagField, numberField } from './fieldTypes';

/** What a person picks from a searchable list, or names by its ID. */
function locator(
	displayName: string,
	name: string,
	texts: Record<'searchListMethod' | 'exampleId' | 'description', string>,
): INodeProperties {
	const { searchListMethod, exampleId, description } = texts;
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

export const conversationLocator = locator('Conversation', 'conversationId', {
	searchListMethod: 'searchConversations',
	exampleId: 'conv_01HX2B9K3M5N7P',
	description: 'The conversation with your customer, on one of your channels',
});

export const contactLocator = locator('Contact', 'contactId', {
	searchListMethod: 'searchContacts',
	exampleId: 'ct_01HX1A4C7D9E2F',
	description: 'The person, as Sahut knows them',
});

export const channelLocator = locator('Channel', 'channelId', {
	searchListMethod: 'searchChannels',
	exampleId: 'ch_01HX0B3D5F7G9H',
	description:
		'Your WhatsApp number, or another of your channels. The list has those that were used recently.',
});

/** The pair that every List operation has. */
export const returnAllAndLimit: INodeProperties[] = [
	flagField('Return All', 'returnAll', {
		description: 'Whether to return all results or only up to a given limit',
	}),
	numberField('Limit', 'limit', {
		typeOptions: { minValue: 1 },
		displayOptions: { show: { returnAll: [false] } },
		default: 50,
		description: 'Max number of results to return',
	}),
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
	return choiceField(`${displayName} Name or ID`, name, {
		typeOptions: { loadOptionsMethod },
		description: `${description}. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.`,
	});
}

/** How many requests may be in flight at once, as an entry of an Options collection. */
function concurrencyOption(initial: number, description: string): INodeProperties {
	const typeOptions = { minValue: 1, maxValue: 20 };
	return numberField('Concurrency', 'concurrency', { typeOptions, default: initial, description });
}

/** The Options of an operation that lists records, e.g. `contacts`. */
export function listOptions(records: string, ...others: INodeProperties[]): INodeProperties {
	const concurrency = concurrencyOption(
		DEFAULT_CONCURRENCY.read,
		`How many pages of 100 ${records} are fetched at once, from 1 to 20. The order of the ${records} stays the same.`,
	);
	return collection('options', [concurrency, ...others]);
}

/** The Options that every operation has that sends a message, in alphabetical order. */
export const sendOptions = {
	concurrency: concurrencyOption(
		DEFAULT_CONCURRENCY.write,
		'How many messages may be on their way at once, from 1 to 20. Messages to the same conversation are always sent one after another.',
	),
	dryRun: flagField('Dry Run', 'dryRun', {
		description:
			'Whether to make all checks and return the request that would be sent, without sending anything',
	}),
	requestsPerMinute: numberField('Requests per Minute', 'requestsPerMinute', {
		typeOptions: { minValue: 1 },
		default: 60,
		description:
			'How many requests may start within a minute, evenly spread. Keeps a part of your plan’s rate limit (60, 300 or 1,000) free for other integrations.',
	}),
	skipIfSentWithin: numberField('Skip If Sent Within (Hours)', 'skipIfSentWithin', {
		typeOptions: { minValue: 0, numberPrecision: 2 },
		default: 24,
		description:
			'Sends nothing when the conversation has had this message within so many hours, from whomever: the item is then that message, with "skipped". So a workflow that runs twice sends once. A template is told by its values: give it one that is unique to it, such as an order number that no other template names.',
	}),
};
