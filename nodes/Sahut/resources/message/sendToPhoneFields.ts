import type { INodeProperties } from 'n8n-workflow';

import { INDONESIA } from '../../values/phoneNumber';
import { channelLocator, collection, idOption, sendOptions } from '../fields';
import { flagField, numberField, textField, textsField } from '../fieldTypes';
import { messageFields } from './contentFields';

/** The fields of Send to Phone Number. */
export const sendToPhoneFields: INodeProperties[] = [
	textField('Phone Number', 'phone', {
		required: true,
		placeholder: 'e.g. 0812-3456-7890',
		description:
			'In any usual form; foreign numbers begin with +. Rows with the same number share a contact and a conversation, and keep their order.',
	}),
	channelLocator,
	...messageFields,
	collection('options', [
		idOption('Assignee', 'assigneeId', 'getAgents', 'Who takes care of a new conversation'),
		sendOptions.concurrency,
		textField('Contact Name', 'contactName', {
			placeholder: 'e.g. Budi Santoso',
			description: 'The name of a new contact; without it, the phone number is its name',
		}),
		textField('Default Country Code', 'defaultCountryCode', {
			default: INDONESIA,
			placeholder: 'e.g. 62',
			description: 'Stands for the 0 at the beginning of a national number',
		}),
		sendOptions.dryRun,
		sendOptions.requestsPerMinute,
		numberField('Reuse If Resolved Within (Days)', 'reuseResolvedWithin', {
			typeOptions: { minValue: 0 },
			default: 30,
			description:
				'Use the latest resolved conversation if its last activity is at most this many days old and no open, pending or snoozed one exists. It keeps its status.',
		}),
		flagField('Reuse Open Conversation', 'reuseOpenConversation', {
			default: true,
			description:
				'Whether to use an existing open, pending or snoozed conversation with this contact on this channel instead of creating a new one',
		}),
		textsField('Skip Contacts With Tags', 'skipContactTags', 'Tag', {
			placeholder: 'e.g. berhenti',
			description:
				'A contact that has one of these tags is not written to, such as one who has asked you to stop; the item is given out with "skipped"',
		}),
		sendOptions.skipIfSentWithin,
	]),
];
