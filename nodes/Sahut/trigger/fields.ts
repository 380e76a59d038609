import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { statusOptions } from '../resources/conversation/conversationFields';
import { collection } from '../resources/fields';
import { messageTypeOptions, senderTypeOptions } from '../resources/message/messageFields';

/** API reference, "Webhooks". */
const EVENTS: INodePropertyOptions[] = [
	{
		name: 'Contact Created',
		value: 'contact.created',
		description: 'A person was added',
	},
	{
		name: 'Contact Updated',
		value: 'contact.updated',
		description: 'A person’s name, phone or other details changed',
	},
	{
		name: 'Conversation Created',
		value: 'conversation.created',
		description: 'A new conversation began',
	},
	{
		name: 'Conversation Resolved',
		value: 'conversation.resolved',
		description: 'A conversation was closed',
	},
	{
		name: 'Conversation Updated',
		value: 'conversation.updated',
		description: 'The status, assignee or labels of a conversation changed',
	},
	{
		name: 'Message Created',
		value: 'message.created',
		description: 'A customer wrote; with other Message Types also: your team or a bot answered',
	},
];

/** What a customer writes: without this, a bot would answer itself. */
export const DEFAULT_MESSAGE_TYPES = ['incoming'];

export const triggerFields: INodeProperties[] = [
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		required: true,
		default: ['message.created'],
		description: 'What starts the workflow',
		options: EVENTS,
	},
	collection('options', [
		{
			displayName: 'Channel Names or IDs',
			name: 'channelIds',
			type: 'multiOptions',
			typeOptions: { loadOptionsMethod: 'getChannels' },
			default: [],
			description:
				'Start only for messages and conversations on these channels. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		},
		{
			displayName: 'Conversation Statuses',
			name: 'conversationStatuses',
			type: 'multiOptions',
			default: [],
			description: 'Start only for messages and conversations with one of these statuses',
			options: statusOptions,
		},
		{
			displayName: 'Deduplicate',
			name: 'deduplicate',
			type: 'boolean',
			default: true,
			description:
				'Whether to start only once for each event. Sahut delivers an event again when it did not hear an answer, up to five times within 42 minutes.',
		},
		{
			displayName: 'Include Raw Body',
			name: 'rawBody',
			type: 'boolean',
			default: false,
			description: 'Whether to add what Sahut delivered, unchanged, as <code>body</code>',
		},
		{
			displayName: 'Message Types',
			name: 'messageTypes',
			type: 'multiOptions',
			default: [...DEFAULT_MESSAGE_TYPES],
			description:
				'Start only for messages of these types. Without this option: Incoming, so that a workflow that answers does not start itself with its own answer.',
			options: messageTypeOptions,
		},
		{
			displayName: 'Sender Types',
			name: 'senderTypes',
			type: 'multiOptions',
			default: [],
			description: 'Start only for messages written by one of these',
			options: senderTypeOptions,
		},
	]),
];
