import type { IBinaryKeyData, INodeProperties } from 'n8n-workflow';

import type { Operation, OutputItem, Sahut } from '../../runtime/operation';
import type { Params } from '../../runtime/params';
import { fetchTimeline, type Selection } from '../../transport/timeline';
import type { Message } from '../../transport/types';
import { concurrencyOption, conversationLocator, returnAllAndLimit } from '../fields';
import { toTranscript } from './transcript';

interface Input {
	conversationId: string;
	selection: Selection<Message>;
	asTranscript: boolean;
	downloadAttachments: boolean;
	timezone: string;
}

const filters: INodeProperties = {
	displayName: 'Filters',
	name: 'filters',
	type: 'collection',
	placeholder: 'Add Filter',
	default: {},
	options: [
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
			options: [
				{ name: 'Agent', value: 'agent' },
				{ name: 'Bot', value: 'bot' },
				{ name: 'Contact', value: 'contact' },
			],
		},
		{
			displayName: 'Types',
			name: 'types',
			type: 'multiOptions',
			default: [],
			description: 'Only messages of these types',
			options: [
				{
					name: 'Activity',
					value: 'activity',
					description: 'What happened to the conversation, such as a new assignee',
				},
				{ name: 'Incoming', value: 'incoming', description: 'From the customer' },
				{ name: 'Outgoing', value: 'outgoing', description: 'From an agent or a bot' },
			],
		},
	],
};

const options: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add Option',
	default: {},
	options: [
		concurrencyOption(
			'How many pages of 100 messages are fetched at once, from 1 to 20. The order of the messages stays the same.',
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
	],
};

function readFilter(params: Params): Selection<Message>['keep'] {
	const types = new Set(params.choices('filters.types'));
	const senderTypes = new Set(params.choices('filters.senderTypes'));
	if (types.size === 0 && senderTypes.size === 0) return undefined;
	return ({ type, sender }) =>
		(types.size === 0 || types.has(type)) &&
		(senderTypes.size === 0 || senderTypes.has(sender?.type));
}

/** All attachments of some messages, numbered through. */
async function download(messages: Message[], sahut: Sahut): Promise<IBinaryKeyData | undefined> {
	const attachments = messages.flatMap((message) => message.attachments ?? []);
	if (attachments.length === 0) return undefined;
	const files = await Promise.all(attachments.map(sahut.download));
	return Object.fromEntries(files.map((file, index) => [`attachment_${index}`, file]));
}

export const list: Operation<Input> = {
	value: 'list',
	name: 'List',
	action: 'List messages',
	description:
		'Read the messages of a conversation; returns one item per message, or one transcript of all',
	done: 'read',
	fields: [conversationLocator, ...returnAllAndLimit, filters, options],
	read: (params) => ({
		conversationId: params.locator('conversationId'),
		selection: {
			limit: params.limit(),
			newestFirst: params.choice('options.order') === 'newestFirst',
			after: params.instant('filters.createdAfter'),
			before: params.instant('filters.createdBefore'),
			keep: readFilter(params),
		},
		asTranscript: params.choice('options.output') === 'transcript',
		downloadAttachments: params.flag('options.downloadAttachments', false),
		timezone: params.timezone(),
	}),
	async run({ conversationId, selection, asTranscript, downloadAttachments, timezone }, sahut) {
		const messages = await fetchTimeline<Message>(
			sahut,
			{
				path: ['conversations', conversationId, 'messages'],
				subject: `conversation "${conversationId}"`,
			},
			selection,
		);
		const binaryOf = async (of: Message[]) =>
			downloadAttachments ? await download(of, sahut) : undefined;
		if (asTranscript) {
			const oldestFirst = selection.newestFirst ? messages.toReversed() : messages;
			const json = toTranscript(conversationId, oldestFirst, timezone);
			return [{ json, binary: await binaryOf(oldestFirst) }];
		}
		return await Promise.all(
			messages.map(
				async (message): Promise<OutputItem> => ({
					json: { ...message },
					binary: await binaryOf([message]),
				}),
			),
		);
	},
};
