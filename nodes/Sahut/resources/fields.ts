import type { INodeProperties, INodePropertyMode } from 'n8n-workflow';

import { DEFAULT_CONCURRENCY } from '../transport/settings';
import { choiceField, flagField, numberField, textsField } from './fieldTypes';

/** Returns a mode of a locator for which the user enters a text. */
function textMode(displayName: string, name: string, placeholder: string): INodePropertyMode {
	const texts = { displayName, placeholder };
	return { ...texts, name, type: 'string' };
}

/** Returns a required field to choose a record from a searchable list or by its ID. */
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
			textMode('By ID', 'id', `e.g. ${exampleId}`),
		],
	};
}

export const conversationLocator = locator('Conversation', 'conversationId', {
	searchListMethod: 'searchConversations',
	exampleId: 'conv_01HX2B9K3M5N7P',
	description:
		'The conversation with the customer. Search the list by name, phone number or channel.',
});

/**
 * Returns the required field to choose a contact from a list, or by its ID, phone number or email.
 *
 * @param onDuplicates a sentence about several contacts with the number or address
 */
export function contactLocator(onDuplicates: string): INodeProperties {
	const field = locator('Contact', 'contactId', {
		searchListMethod: 'searchContacts',
		exampleId: 'ct_01HX1A4C7D9E2F',
		description: `The contact in Sahut. Search the list by name, phone number or email. ${onDuplicates}`,
	});
	const modes = [
		textMode('By Phone Number', 'phone', 'e.g. 0812-3456-7890'),
		textMode('By Email', 'email', 'name@email.com'),
	];
	return { ...field, modes: [...field.modes!, ...modes] };
}

export const channelLocator = locator('Channel', 'channelId', {
	searchListMethod: 'searchChannels',
	exampleId: 'ch_01HX0B3D5F7G9H',
	description:
		'Your WhatsApp number or another channel. The list shows the channels of the last 500 conversations.',
});

/** The fields Return All and Limit of every List operation. */
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

/** The collections of optional fields, with the labels of n8n's own nodes. */
const COLLECTIONS = {
	additionalFields: { displayName: 'Additional Fields', placeholder: 'Add Field' },
	approval: { displayName: 'Approval Options', placeholder: 'Add Option' },
	filters: { displayName: 'Filters', placeholder: 'Add Filter' },
	options: { displayName: 'Options', placeholder: 'Add Option' },
	updateFields: { displayName: 'Update Fields', placeholder: 'Add Field' },
};

/** Returns a collection of optional fields. @param options the fields, in alphabetical order */
export function collection(
	name: keyof typeof COLLECTIONS,
	options: INodeProperties[],
): INodeProperties {
	return { ...COLLECTIONS[name], name, type: 'collection', default: {}, options };
}

/** Returns a dropdown for an ID inside a collection, which also accepts an expression. */
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

/** Returns the option for the number of requests in flight. */
function concurrencyOption(defaultValue: number, description: string): INodeProperties {
	const typeOptions = { minValue: 1, maxValue: 20 };
	return numberField('Concurrency', 'concurrency', {
		typeOptions,
		default: defaultValue,
		description,
	});
}

/** Returns the Options of an operation that lists records, e.g. `contacts`. */
export function listOptions(records: string, ...moreOptions: INodeProperties[]): INodeProperties {
	const concurrency = concurrencyOption(
		DEFAULT_CONCURRENCY.read,
		`Number of pages of 100 ${records} to request in parallel, from 1 to 20. The order of the output does not change.`,
	);
	return collection('options', [concurrency, ...moreOptions]);
}

/** The Options of every operation that sends a message. */
export const sendOptions = {
	concurrency: concurrencyOption(
		DEFAULT_CONCURRENCY.write,
		'Number of messages to send in parallel, from 1 to 20. Messages to the same conversation or phone number are always sent one after another.',
	),
	dryRun: flagField('Dry Run', 'dryRun', {
		description:
			'Whether to run all checks and return the request without sending anything. The summary above the output estimates how long sending would take.',
	}),
	requestsPerMinute: numberField('Requests per Minute', 'requestsPerMinute', {
		typeOptions: { minValue: 1 },
		default: 60,
		description:
			'Maximum number of requests per minute, evenly spaced. Use it to leave part of your plan’s rate limit (60, 300 or 1,000) to other integrations.',
	}),
	skipContactTags: textsField('Skip Contacts With Tags', 'skipContactTags', 'Tag', {
		placeholder: 'e.g. unsubscribed',
		description:
			'Skips contacts that have one of these tags, such as contacts that have opted out. The output then has <code>skipped</code>.',
	}),
	skipIfAssigned: flagField('Skip If Assigned', 'skipIfAssigned', {
		description:
			'Whether to skip the message if an agent is assigned to an open, pending or snoozed conversation of the customer. The output then has <code>skipped</code>.',
	}),
	skipIfCustomerWroteWithin: numberField(
		'Skip If Customer Wrote Within (Hours)',
		'skipIfCustomerWroteWithin',
		{
			typeOptions: { minValue: 0, numberPrecision: 2 },
			default: 24,
			description:
				'Skips the message if the customer has written within this number of hours, so that a reminder does not follow a reply. The output then has <code>skipped</code>.',
		},
	),
	skipIfSentWithin: numberField('Skip If Sent Within (Hours)', 'skipIfSentWithin', {
		typeOptions: { minValue: 0, numberPrecision: 2 },
		default: 24,
		description:
			'Skips the message if any sender has sent the same one to the customer within this number of hours. The output is then the earlier message with <code>skipped</code>. The node recognizes a template by its values, so include a unique one, such as an order number.',
	}),
};
