import type { INodeProperties } from 'n8n-workflow';

import { statusOptions } from '../resources/conversation/conversationFields';
import { collection } from '../resources/fields';
import { choicesField, flagField, optionsOf, textsField } from '../resources/fieldTypes';
import { messageTypeOptions, senderTypeOptions } from '../resources/message/messageFields';

/** The events of a webhook (API reference, "Webhooks"). */
const EVENTS = optionsOf({
	'contact.created': ['Contact Created', 'A contact was created'],
	'contact.updated': ['Contact Updated', 'The name, phone or other details of a contact changed'],
	'conversation.created': ['Conversation Created', 'A conversation was created'],
	'conversation.resolved': ['Conversation Resolved', 'A conversation was resolved'],
	'conversation.updated': [
		'Conversation Updated',
		'The status, assignee or labels of a conversation changed',
	],
	'message.created': [
		'Message Created',
		'A customer sent a message. To include messages from agents and bots, add the option Message Types.',
	],
});

/** Only the customers' messages. Otherwise, a workflow that answers would start itself. */
export const DEFAULT_MESSAGE_TYPES = ['incoming'];

export const triggerFields: INodeProperties[] = [
	choicesField('Trigger On', 'events', {
		required: true,
		default: ['message.created'],
		description: 'The events that start the workflow',
		options: EVENTS,
	}),
	collection('options', [
		choicesField('Channel Names or IDs', 'channelIds', {
			typeOptions: { loadOptionsMethod: 'getChannels' },
			description:
				'Only start the workflow for messages and conversations on these channels. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
		}),
		choicesField('Conversation Statuses', 'conversationStatuses', {
			description:
				'Only start the workflow for messages and conversations with one of these statuses',
			options: statusOptions,
		}),
		flagField('Deduplicate', 'deduplicate', {
			default: true,
			description:
				'Whether to start the workflow only once for each event. If Sahut receives no response, it delivers an event again, up to five times within 43 minutes.',
		}),
		flagField('Include Internal Notes', 'includeNotes', {
			description:
				'Whether to also start the workflow for internal notes, which only your team can see. Notes are outgoing messages, so also select Outgoing in Message Types.',
		}),
		flagField('Include Raw Body', 'rawBody', {
			description: 'Whether to add the unchanged body of the delivery as <code>body</code>',
		}),
		choicesField('Message Types', 'messageTypes', {
			default: [...DEFAULT_MESSAGE_TYPES],
			description:
				'Only start the workflow for messages of these types. By default, only incoming messages start it, so that it does not react to its own replies.',
			options: messageTypeOptions,
		}),
		choicesField('Sender Types', 'senderTypes', {
			description: 'Only start the workflow for messages from these sender types',
			options: senderTypeOptions,
		}),
		textsField('Text Contains', 'textContains', 'Word or Phrase', {
			placeholder: 'e.g. price list',
			description:
				'Only start the workflow for messages that contain one of these words or phrases. Matches whole words, and ignores case and accents.',
		}),
	]),
];
