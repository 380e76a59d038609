import {
	chooseContact,
	countKeys,
	findOldestContact,
	referenceLane,
	type ContactReference,
} from '../../api/contactReference';
import type { ContactKey } from '../../api/contactSearch';
import { createConversation, newConversationKey } from '../../api/conversations';
import { deliverToConversation } from '../../delivery/deliver';
import type { ItemClient } from '../../api/itemClient';
import type { Operation } from '../../runtime/operation';
import { hasStatus } from '../../transport/errors';
import type { NewConversation } from '../../transport/types';
import { readContactReference } from '../contactReference';
import { channelLocator, collection, contactLocator, idOption } from '../fields';
import { textField } from '../fieldTypes';

interface Input {
	contact: ContactReference;
	/** The body of the request, without the contact. */
	body: Omit<NewConversation, 'contact_id'>;
	/** Empty if there is none. */
	firstMessage: string;
}

/** Returns the lane of a new conversation. */
const laneOf = (contactId: string, channelId: string) =>
	`new conversation ${contactId} ${channelId}`;

/**
 * Creates a conversation with the oldest contact that has a phone number or an email address.
 *
 * @param countLookups as for `ContactList.find`
 */
async function createByKey(
	key: ContactKey,
	body: Input['body'],
	sahut: ItemClient,
	countLookups: () => number,
): Promise<Awaited<ReturnType<typeof createConversation>>> {
	const { channel_id } = body;
	const contact_id = await chooseContact(
		key,
		sahut,
		(id) => newConversationKey({ contact_id: id, channel_id }),
		async () => (await findOldestContact(key, sahut, countLookups, false)).id,
	);
	const run = async () => await createConversation({ contact_id, ...body }, sahut);
	const creating = sahut.cache.runInLane(laneOf(contact_id, channel_id), run, sahut.signal);
	return await creating.catch(async (error: unknown) => {
		// The contact was deleted after the list of contacts was read.
		if (!hasStatus(error, 404) || !sahut.contactList.remove(contact_id)) throw error;
		return await createByKey(key, body, sahut, countLookups);
	});
}

export const create: Operation<Input> = {
	value: 'create',
	name: 'Create',
	action: 'Create a conversation',
	description:
		'Create a conversation with a contact on a channel, even if an open one exists. Returns the new conversation.',
	builderHint:
		'Do not use this before a message to a phone number: sendToPhone finds or creates the conversation.',
	pastParticiple: 'created',
	fields: [
		contactLocator(
			'If several contacts have the phone number or email, the oldest one is used, as in Send to Phone Number.',
		),
		channelLocator,
		collection('additionalFields', [
			idOption('Assignee', 'assigneeId', 'getAgents', 'The agent to assign'),
			textField('First Message', 'firstMessage', {
				typeOptions: { rows: 4 },
				placeholder: 'e.g. Hi Budi, how can we help you?',
				description:
					'A text to send in the new conversation. If the customer has not written within the last 24 hours, WhatsApp accepts only a template: send it with Message: Send.',
			}),
		]),
	],
	read(params) {
		const assignee = params.entries('additionalFields', { assignee_id: 'assigneeId' });
		const firstMessage = params.optionalMessage('additionalFields.firstMessage');
		return {
			contact: readContactReference(params),
			body: { channel_id: params.locator('channelId'), ...assignee },
			firstMessage,
		};
	},
	// In parallel, a search after a lost response could return the equal conversation of another item.
	lane: ({ contact, body }) =>
		'id' in contact ? laneOf(contact.id, body.channel_id) : referenceLane(contact),
	async run({ contact, body, firstMessage }, sahut, unfinished) {
		const countLookups = () => countKeys([...unfinished].map((each) => each.contact));
		const { conversation, origin } = await ('id' in contact
			? createConversation({ contact_id: contact.id, ...body }, sahut)
			: createByKey(contact, body, sahut, countLookups));
		const { id } = conversation;
		if (firstMessage !== '') {
			const outgoing = { content: { text: { content: firstMessage } }, dryRun: false };
			const wording = { note: `Conversation ${id} exists.` };
			const isNew = origin === 'new';
			await sahut.cache.runInLane(
				`conversation ${id}`,
				async () => await deliverToConversation(id, outgoing, sahut, { isNew, wording }),
				sahut.signal,
			);
		}
		return [{ json: { ...conversation } }];
	},
};
