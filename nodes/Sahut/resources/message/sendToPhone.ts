import { UserError, type IDataObject } from 'n8n-workflow';

import type { Operation, ItemClient } from '../../runtime/operation';
import type { Params } from '../../runtime/params';
import { laneOf } from '../contact/findContact';
import { INDONESIA, normalizePhone } from '../phoneNumber';
import { fetchKind, WHATSAPP } from './channelKind';
import { readOutgoing } from './content';
import { deliver } from './deliver';
import type { Recipient } from './findConversation';
import { findRecipient, findTagged, reachRecipient } from './recipient';
import { contactsOf, type ReadContacts } from './recipientContacts';
import { sendToPhoneFields } from './sendToPhoneFields';

function readPhone(params: Params): Pick<Recipient, 'phone' | 'countryCode'> {
	const countryCode = params.text('options.defaultCountryCode') || INDONESIA;
	return { phone: normalizePhone(params.text('phone'), countryCode), countryCode };
}

/** @throws UserError when the option is there, and no tag: everybody would be written to. */
function readSkipTags(params: Params): string[] {
	const tags = params.texts('options.skipContactTags');
	if (tags === undefined && params.isAdded('options.skipContactTags')) {
		throw new UserError('Skip Contacts With Tags has no tag', {
			description:
				'Enter a tag, or remove the option. If an expression should give it, check that it has a value for this item.',
		});
	}
	// A tag may have a comma in it, or be one of several in a text.
	return (tags ?? [])
		.flatMap((tag) => [tag, ...tag.split(',').map((part) => part.trim())])
		.filter(Boolean);
}

/** What a Dry Run gives out. */
async function describe(
	recipient: Recipient,
	readContacts: ReadContacts,
	sahut: ItemClient,
): Promise<IDataObject> {
	const { phone, channelId, content } = recipient;
	const { contactId, conversationId, requests } = await findRecipient(
		recipient,
		readContacts,
		sahut,
	);
	const isNew = conversationId === undefined;
	// Which of the two a new conversation gets depends on the kind of its channel.
	const isEither = content.text && content.template;
	const channelType = isNew && isEither ? await fetchKind(channelId, sahut) : undefined;
	const to = isNew
		? { conversationId: 'NEW_CONVERSATION', channelType: channelType ?? WHATSAPP, isNew }
		: { conversationId, isNew };
	const { request, ...message } = await deliver(to, recipient, sahut);
	return {
		...message,
		phone,
		contact_id: contactId ?? null,
		conversation_id: conversationId ?? null,
		requests: [...requests.map(sahut.describe), ...(request ? [request] : [])],
	};
}

export const sendToPhone: Operation<Recipient> = {
	value: 'sendToPhone',
	name: 'Send to Phone Number',
	action: 'Send a message to a phone number',
	description:
		'Send a text or a WhatsApp template to a phone number: finds or creates the contact and the conversation; returns the message with the IDs of both',
	done: 'sent',
	fields: sendToPhoneFields,
	read: (params) => ({
		...readPhone(params),
		channelId: params.locator('channelId'),
		contactName: params.text('options.contactName').trim(),
		assigneeId: params.text('options.assigneeId').trim(),
		reuseOpenConversation: params.flag('options.reuseOpenConversation', true),
		skipContactTags: readSkipTags(params),
		...readOutgoing(params),
	}),
	lane: ({ phone }) => laneOf({ phone }),
	async run(recipient, sahut) {
		const { phone, channelId, dryRun } = recipient;
		const readContacts = contactsOf(recipient, sahut);
		const tagged = await findTagged(recipient, readContacts, sahut);
		if (tagged) {
			const mark = { skipped: true, skip_reason: 'contact_tag' };
			return [{ json: { ...(dryRun && { dryRun }), ...mark, ...tagged } }];
		}
		if (dryRun) return [{ json: await describe(recipient, readContacts, sahut) }];
		const { contact, conversation } = await reachRecipient(recipient, readContacts, sahut);
		const to = {
			conversationId: conversation.id,
			channelType: sahut.workspace.channelKind(channelId).type,
			isNew: conversation.created && sahut.isJustMade(conversation.id),
		};
		// Another execution may send into the conversation by its ID.
		const message = await sahut.workspace.inLane(
			`conversation ${conversation.id}`,
			async () =>
				await deliver(to, recipient, sahut, {
					subject: `conversation "${conversation.id}" with ${phone}`,
					note: `Contact ${contact.id} and conversation ${conversation.id} exist.`,
				}),
			sahut.signal,
		);
		return [
			{
				json: {
					...message,
					contact_id: contact.id,
					conversation_id: conversation.id,
					contact_created: contact.created,
					conversation_created: conversation.created,
				},
			},
		];
	},
};
