import { UserError, type IDataObject } from 'n8n-workflow';

import { contactLane } from '../../api/contactSearch';
import type { ItemClient } from '../../api/itemClient';
import { deliverToPhone } from '../../delivery/deliverToPhone';
import type { Recipient } from '../../delivery/recipient';
import type { Operation } from '../../runtime/operation';
import type { Params } from '../../runtime/params';
import { isBlank } from '../../values/cleanText';
import { INDONESIA, normalizePhone } from '../../values/phoneNumber';
import { hasCountryCode } from '../../values/phoneText';
import { readOutgoing, readSkipTags } from './readOutgoing';
import { sendToPhoneFields } from './sendToPhoneFields';

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * Replaces a recipient with the number in Test Number, if it is set. Ignores the options that depend on the
 * customer.
 *
 * @throws UserError if the option has no number, or if an expression provides the number or its country code: the
 * expression may return the customer's number, and no message may go to a customer
 */
function replaceByTestNumber(params: Params, recipient: Recipient): Recipient {
	if (!params.isAdded('options.testPhone')) return recipient;
	const advice = 'Enter your own phone number. To send to the customers, remove the option.';
	if (params.isExpression('options.testPhone')) {
		throw new UserError('Test Number must not be an expression', {
			description: `${advice} An expression could return the number of a customer.`,
		});
	}
	const text = params.identifier('options.testPhone');
	if (isBlank(text)) throw new UserError('Test Number is empty', { description: advice });
	const phone = normalizePhone(text, recipient.countryCode);
	if (params.isExpression('options.defaultCountryCode') && !hasCountryCode(text)) {
		throw new UserError('Test Number has no country code', {
			description:
				'An expression provides Default Country Code, so each item could get a different number. Enter the number with a plus sign, e.g. +62 812-3456-7890.',
		});
	}
	return {
		...recipient,
		phone,
		contactName: '',
		assigneeId: '',
		skipContactTags: [],
		skipWithinMs: undefined,
		skipIfCustomerWroteWithinMs: undefined,
		skipIfAssigned: false,
		isTest: true,
	};
}

async function send(
	recipient: Recipient,
	sahut: ItemClient,
	unfinished: ReadonlySet<Recipient>,
): Promise<IDataObject> {
	if (recipient.isTest && !sahut.takeTestItem(recipient.phone)) {
		const { dryRun } = recipient;
		return { ...(dryRun && { dryRun }), skipped: true, skip_reason: 'test' };
	}
	return await deliverToPhone(recipient, sahut, unfinished);
}

function readPhone(params: Params): Pick<Recipient, 'phone' | 'countryCode'> {
	const countryCode = params.text('options.defaultCountryCode') || INDONESIA;
	return { phone: normalizePhone(params.identifier('phone'), countryCode), countryCode };
}

/** Reads Reuse If Resolved Within, in ms. @throws UserError if it is not above 0, or cannot be used. */
function readReuseResolved(params: Params): number | undefined {
	const days = params.numberAboveZero('options.reuseResolvedWithin');
	if (days !== undefined && !params.flag('options.reuseOpenConversation', true)) {
		throw new UserError('Reuse If Resolved Within (Days) requires Reuse Open Conversation', {
			description: 'Turn on Reuse Open Conversation, or remove Reuse If Resolved Within (Days).',
		});
	}
	return days === undefined ? undefined : days * DAY_MS;
}

export const sendToPhone: Operation<Recipient> = {
	value: 'sendToPhone',
	name: 'Send to Phone Number',
	action: 'Send a message to a phone number',
	description:
		'Send a text or a WhatsApp template to a phone number. Finds or creates the contact and the conversation, and returns the message with their IDs.',
	builderHint:
		'Use this for messages that the business starts, such as follow-ups, reminders and broadcasts. More than 24 hours after the last message of the customer, WhatsApp accepts only a template. Do not send to customers who have opted out: set Skip Contacts With Tags. Do not send twice: set Skip If Sent Within (Hours).',
	pastParticiple: 'sent',
	fields: sendToPhoneFields,
	read: (params) =>
		replaceByTestNumber(params, {
			...readPhone(params),
			channelId: params.locator('channelId'),
			contactName: params.text('options.contactName').trim(),
			assigneeId: params.id('options.assigneeId'),
			reuseOpenConversation: params.flag('options.reuseOpenConversation', true),
			reuseResolvedWithinMs: readReuseResolved(params),
			skipContactTags: readSkipTags(params),
			isTest: false,
			...readOutgoing(params),
		}),
	lane: ({ phone }) => contactLane({ phone }),
	run: async (recipient, sahut, unfinished) => [{ json: await send(recipient, sahut, unfinished) }],
};
