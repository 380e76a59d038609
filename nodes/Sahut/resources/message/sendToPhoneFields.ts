import type { INodeProperties } from 'n8n-workflow';

import { INDONESIA } from '../../values/phoneNumber';
import { channelLocator, collection, idOption, sendOptions } from '../fields';
import { flagField, numberField, textField } from '../fieldTypes';
import { messageFields } from './contentFields';

/** The fields of Send to Phone Number. */
export const sendToPhoneFields: INodeProperties[] = [
	textField('Phone Number', 'phone', {
		required: true,
		placeholder: 'e.g. 0812-3456-7890',
		description: 'Any common format. Numbers from other countries must start with +.',
	}),
	channelLocator,
	...messageFields,
	collection('options', [
		idOption('Assignee', 'assigneeId', 'getAgents', 'The agent to assign to a new conversation'),
		sendOptions.concurrency,
		textField('Contact Name', 'contactName', {
			placeholder: 'e.g. Budi Santoso',
			description: 'The name of a new contact. If empty, the node uses the phone number.',
		}),
		textField('Default Country Code', 'defaultCountryCode', {
			default: INDONESIA,
			placeholder: 'e.g. 62',
			description: 'The country code of phone numbers without one. It replaces a leading 0.',
		}),
		sendOptions.dryRun,
		sendOptions.requestsPerMinute,
		numberField('Reuse If Resolved Within (Days)', 'reuseResolvedWithin', {
			typeOptions: { minValue: 0 },
			default: 30,
			description:
				'Reuses the latest resolved conversation if its last activity is at most this many days old and no open, pending or snoozed one exists. Its status does not change.',
		}),
		flagField('Reuse Open Conversation', 'reuseOpenConversation', {
			default: true,
			description:
				'Whether to use an existing open, pending or snoozed conversation of the contact on this channel instead of creating a new one',
		}),
		sendOptions.skipContactTags,
		sendOptions.skipIfAssigned,
		sendOptions.skipIfCustomerWroteWithin,
		sendOptions.skipIfSentWithin,
		textField('Test Number', 'testPhone', {
			noDataExpression: true,
			placeholder: 'e.g. 0812-3456-7890',
			description:
				'Your own phone number, for a test with real data. The first three messages of the execution go to this number, and all others are skipped. No customer gets a message, and no customer’s contact is created or changed.',
		}),
	]),
];
