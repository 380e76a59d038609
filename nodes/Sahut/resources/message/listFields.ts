import { choiceField, choicesField, flagField, optionsOf, timeField } from '../fieldTypes';
import { collection, listOptions } from '../fields';
import { messageTypeOptions, senderTypeOptions } from './messageFields';

/** The Filters of Message: List. */
export const filters = collection('filters', [
	timeField('Created After', 'createdAfter', {
		description: 'Only return messages created at this time or later',
	}),
	timeField('Created Before', 'createdBefore', {
		description: 'Only return messages created before this time',
	}),
	choicesField('Message Types', 'types', {
		description: 'Only return messages of these types',
		options: messageTypeOptions,
	}),
	choicesField('Sender Types', 'senderTypes', {
		description: 'Only return messages from these sender types',
		options: senderTypeOptions,
	}),
]);

/** The Options of Message: List. */
export const options = listOptions(
	'messages',
	flagField('Download Attachments', 'downloadAttachments', {
		description:
			'Whether to add the attached files as binary data (attachment_0, attachment_1, …), up to 50 MB each',
	}),
	choiceField('Order', 'order', {
		default: 'oldestFirst',
		description:
			'The order of the messages. With a limit, it also determines whether the newest or the oldest messages are returned.',
		options: optionsOf({ newestFirst: 'Newest First', oldestFirst: 'Oldest First' }),
	}),
	choiceField('Output', 'output', {
		default: 'messages',
		options: optionsOf({
			messages: ['Messages', 'One item per message'],
			transcript: [
				'Transcript',
				'One item with the messages as text, oldest first. Useful for AI agents and handovers.',
			],
		}),
	}),
);
