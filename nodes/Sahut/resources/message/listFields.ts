import type { INodeProperties } from 'n8n-workflow';

import { DEFAULT_CONCURRENCY } from '../../transport/settings';
import { collection, concurrencyOption } from '../fields';
import { messageTypeOptions, senderTypeOptions } from './messageFields';

/** Which messages of a conversation are wanted. */
export const filters: INodeProperties = collection('filters', [
	{
		displayName: 'Created After',
		name: 'createdAfter',
		type: 'dateTime',
		default: '',
		description: 'Only messages from this time on, the time itself included',
	},
	{
		displayName: 'Created Before',
		name: 'createdBefore',
		type: 'dateTime',
		default: '',
		description: 'Only messages up to this time, the time itself not included',
	},
	{
		displayName: 'Sender Types',
		name: 'senderTypes',
		type: 'multiOptions',
		default: [],
		description: 'Only messages that one of these wrote',
		options: senderTypeOptions,
	},
	{
		displayName: 'Types',
		name: 'types',
		type: 'multiOptions',
		default: [],
		description: 'Only messages of these types',
		options: messageTypeOptions,
	},
]);

export const options: INodeProperties = collection('options', [
	concurrencyOption(
		'How many pages of 100 messages are fetched at once, from 1 to 20. The order of the messages stays the same.',
		DEFAULT_CONCURRENCY.read,
	),
	{
		displayName: 'Download Attachments',
		name: 'downloadAttachments',
		type: 'boolean',
		default: false,
		description:
			'Whether to fetch the files of the messages into binary data (attachment_0, attachment_1, …), up to 50 MB each',
	},
	{
		displayName: 'Order',
		name: 'order',
		type: 'options',
		default: 'oldestFirst',
		description: 'With a limit, this is also the end of the conversation that is read',
		options: [
			{ name: 'Newest First', value: 'newestFirst' },
			{ name: 'Oldest First', value: 'oldestFirst' },
		],
	},
	{
		displayName: 'Output',
		name: 'output',
		type: 'options',
		default: 'messages',
		options: [
			{ name: 'Messages', value: 'messages', description: 'One item for each message' },
			{
				name: 'Transcript',
				value: 'transcript',
				description:
					'One item with the conversation as text, oldest message first: for an AI agent or a hand-over',
			},
		],
	},
]);
