import type { IDataObject } from 'n8n-workflow';

import type { Operation } from '../../runtime/operation';
import { channelLocator, collection, idOption, sendOptions } from '../fields';
import { laneOf } from '../contact/findContact';
import { INDONESIA, normalizePhone } from '../phoneNumber';
import { readMessage } from './content';
import { messageFields } from './contentFields';
import type { Recipient } from './findConversation';
import { findRecipient, reachRecipient } from './recipient';
import { sendRequest } from './send';

interface Input extends Recipient {
	dryRun: boolean;
}

export const sendToPhone: Operation<Input> = {
	value: 'sendToPhone',
	name: 'Send to Phone Number',
	action: 'Send a message to a phone number',
	description:
		'Send a text or a WhatsApp template to a phone number: finds or creates the contact and the conversation; returns the message with the IDs of both',
	done: 'sent',
	fields: [
		{
			displayName: 'Phone Number',
			name: 'phone',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 0812-3456-7890',
			description:
				'In any usual form; foreign numbers begin with +. Rows with the same number share a contact and a conversation, and keep their order.',
		},
		channelLocator,
		...messageFields,
		collection('options', [
			idOption('Assignee', 'assigneeId', 'getAgents', 'Who takes care of a new conversation'),
			sendOptions.concurrency,
			{
				displayName: 'Contact Name',
				name: 'contactName',
				type: 'string',
				default: '',
				placeholder: 'e.g. Budi Santoso',
				description: 'The name of a new contact; without it, the phone number is its name',
			},
			{
				displayName: 'Default Country Code',
				name: 'defaultCountryCode',
				type: 'string',
				default: INDONESIA,
				placeholder: 'e.g. 62',
				description: 'Stands for the 0 at the beginning of a national number',
			},
			sendOptions.dryRun,
			sendOptions.requestsPerMinute,
			{
				displayName: 'Reuse Open Conversation',
				name: 'reuseOpenConversation',
				type: 'boolean',
				default: true,
				description:
					'Whether to use the open or pending conversation with this contact on this channel, if there is one, instead of a new one',
			},
		]),
	],
	read: (params) => ({
		phone: normalizePhone(
			params.text('phone'),
			params.text('options.defaultCountryCode') || INDONESIA,
		),
		channelId: params.locator('channelId'),
		body: readMessage(params),
		contactName: params.text('options.contactName').trim(),
		assigneeId: params.text('options.assigneeId').trim(),
		reuseOpenConversation: params.flag('options.reuseOpenConversation', true),
		dryRun: params.flag('options.dryRun', false),
	}),
	lane: ({ phone }) => laneOf({ phone }),
	async run({ dryRun, ...recipient }, sahut) {
		const { body } = recipient;
		if (dryRun) {
			const { contactId, conversationId, requests } = await findRecipient(recipient, sahut);
			const message = sendRequest(conversationId ?? 'NEW_CONVERSATION', body);
			const json = {
				dryRun,
				phone: recipient.phone,
				contact_id: contactId ?? null,
				conversation_id: conversationId ?? null,
				requests: [...requests, message].map(sahut.describe),
			};
			return [{ json }];
		}
		const { contact, conversation } = await reachRecipient(recipient, sahut);
		const request = {
			...sendRequest(conversation.id, body),
			subject: `conversation "${conversation.id}" with ${recipient.phone}`,
			note: `Contact ${contact.id} and conversation ${conversation.id} exist.`,
		};
		// Another execution may send into the conversation by its ID.
		const { data } = await sahut.workspace.inLane(
			`conversation ${conversation.id}`,
			async () => await sahut.request<IDataObject>(request),
			sahut.signal,
		);
		return [
			{
				json: {
					...data,
					contact_id: contact.id,
					conversation_id: conversation.id,
					contact_created: contact.created,
					conversation_created: conversation.created,
				},
			},
		];
	},
};
