import { choiceField, choicesField, flagField, optionsOf, timeField } from '../fieldTypes';
import { collection, listOptions } from '../fields';
import { messageTypeOptions, senderTypeOptions } from './messageFields';

/** The Filters of Message: List. */
export const filters = collection('filters', [
	timeField('Created After', 'createdAfter', {
		description: 'Only messages from this time on, the time itself included',
	}),
	timeField('Created Before', 'createdBefore', {
		description: 'Only messages up to this time, the time itself not included',
	}),
	choicesField('Sender Types', 'senderTypes', {
		description: 'Only messages that one of these wrote',
		options: senderTypeOptions,
	}),
	choicesField('Types', 'types', {
		description: 'Only messages of these types',
		options: messageTypeOptions,
	}),
]);

export const options = listOptions(
	'messages',
	flagField('Download Attachments', 'downloadAttachments', {
		description:
			'Whether to fetch the files of the messages into binary data (attachment_0, attachment_1, …), up to 50 MB each',
	}),
	choiceField('Order', 'order', {
		default: 'oldestFirst',
		description: 'With a limit, this is also the end of the conversation that is read',
		options: optionsOf({ newestFirst: 'Newest First', oldestFirst: 'Oldest First' }),
	}),
	choiceField('Output', 'output', {
		default: 'messages',
		options: optionsOf({
			messages: ['Messages', 'One item for each message'],
			transcript: [
				'Transcript',
				'One item with the conversation as text, oldest message first: for an AI agent or a hand-over',
			],
		}),
	}),
);
