import { choiceField, optionsOf, textField } from '../fieldTypes';
import { collection } from '../fields';
import { limitWaitTime } from './limitWaitTime';

/** The default labels of the buttons. */
export const APPROVE = 'Approve';
export const DECLINE = 'Decline';

/** The question. n8n replaces this field in its human review tool, by this name. */
export const message = textField('Message', 'message', {
	typeOptions: { rows: 4 },
	required: true,
	placeholder: 'e.g. Send this answer to the customer?',
	description: 'The question. Below it, the node adds a line with the button labels and the link.',
});

/** The buttons of the page. */
export const approval = collection('approval', [
	textField('Approve Button Label', 'approveLabel', { default: APPROVE }),
	textField('Decline Button Label', 'declineLabel', {
		default: DECLINE,
		description: 'Requires “Approve and Decline” as Type of Approval',
	}),
	choiceField('Type of Approval', 'type', {
		default: 'single',
		options: optionsOf({ single: 'Approve Only', double: 'Approve and Decline' }),
	}),
]);

export const options = collection('options', [
	limitWaitTime,
	choiceField('Send To', 'sendTo', {
		default: 'note',
		options: optionsOf({
			note: ['Internal Note', 'Only your team sees the question'],
			customer: [
				'Customer',
				'Sends the question to the contact of the conversation, such as your manager or driver. WhatsApp accepts it only within 24 hours of the contact’s last message.',
			],
		}),
	}),
]);
