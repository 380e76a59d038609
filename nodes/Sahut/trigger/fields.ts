import type { INodeProperties } from 'n8n-workflow';

import { statusOptions } from '../resources/conversation/conversationFields';
import { collection } from '../resources/fields';
import { choicesField, flagField, optionsOf } from '../resources/fieldTypes';
import { messageTypeOptions, senderTypeOptions } from '../resources/message/messageFields';

/** API reference, "Webhooks". */
const EVENTS = optionsOf({
	'contact.created': ['Contact Created', 'A person was added'],
	'contact.updated': ['Contact Updated', 'A person’s name, phone or other details changed'],
	'conversation.created': ['Conversation Created', 'A new conversation began'],
	'conversation.resolved': ['Conversation Resolved', 'A conversation was closed'],
	'conversation.updated': [
		'Conversation Updated',
		'The status, assignee or labels of a conversation changed',
	],
	'message.created': [
		'Message Created',
		'A customer wrote; with other Message Types also: your team or a bot answered',
	],
});

/** Only the customers' messages. Otherwise, a workflow that answers would start itself. */
export const DEFAULT_MESSAGE_TYPES = ['incoming'];

export const triggerFields: INodeProperties[] = [
	choicesField('Trigger On', 'events', {
		required: true,
		default: ['message.created'],
		options: EVENTS,
	}),
	collection('options', [
		choicesField('Channel Names or IDs', 'channelIds', {
			typeOptions: { loadOptionsMethod: 'getChannels' },
			description:
				'Start only for messages and conversations on these channels. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		}),
		choicesField('Conversation Statuses', 'conversationStatuses', {
			description: 'Start only for messages and conversations with one of these statuses',
			options: statusOptions,
		}),
		flagField('Deduplicate', 'deduplicate', {
			default: true,
			description:
				'Whether to start only once for each event. Sahut delivers an event again when it did not hear an answer, up to five times within 43 minutes.',
		}),
		flagField('Include Internal Notes', 'includeNotes', {
			description:
				'Whether to also start for internal notes of your team, which the customer does not see. Notes are outgoing messages, so also select Outgoing in Message Types.',
		}),
		flagField('Include Raw Body', 'rawBody', {
			description: 'Whether to add what Sahut delivered, unchanged, as <code>body</code>',
		}),
		choicesField('Message Types', 'messageTypes', {
			default: [...DEFAULT_MESSAGE_TYPES],
			description:
				'Start only for messages of these types. Without this option: Incoming, so that a workflow that answers does not start itself with its own answer.',
			options: messageTypeOptions,
		}),
		choicesField('Sender Types', 'senderTypes', {
			description: 'Start only for messages written by one of these',
			options: senderTypeOptions,
		}),
	]),
];
