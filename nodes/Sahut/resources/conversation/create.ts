import { createConversation, type NewConversation } from '../../api/conversations';
import { deliverToConversation } from '../../delivery/deliver';
import type { Operation } from '../../runtime/operation';
import { channelLocator, collection, contactLocator, idOption } from '../fields';
import { textField } from '../fieldTypes';

interface Input {
	body: NewConversation;
	/** Empty for none. */
	firstMessage: string;
}

export const create: Operation<Input> = {
	value: 'create',
	name: 'Create',
	action: 'Create a conversation',
	description:
		'Open a new conversation with a known contact on a channel, also beside an open one; returns the conversation, to which messages can then be sent',
	pastParticiple: 'created',
	fields: [
		contactLocator,
		channelLocator,
		collection('additionalFields', [
			idOption('Assignee', 'assigneeId', 'getAgents', 'Who takes care of the conversation'),
			textField('First Message', 'firstMessage', {
				typeOptions: { rows: 4 },
				placeholder: 'e.g. Halo Budi, ada yang bisa kami bantu?',
				description:
					'A text that is sent into the new conversation. On WhatsApp, a customer who has not written yet can only be sent a template, by Message: Send.',
			}),
		]),
	],
	read(params) {
		const assignee = params.entries('additionalFields', { assignee_id: 'assigneeId' });
		const firstMessage = params.optionalMessage('additionalFields.firstMessage');
		return {
			body: {
				contact_id: params.locator('contactId'),
				channel_id: params.locator('channelId'),
				...assignee,
			},
			firstMessage,
		};
	},
	// One after another, so that after a lost answer it is clear which of two alike is whose.
	lane: ({ body }) => `new conversation ${body.contact_id} ${body.channel_id}`,
	async run({ body, firstMessage }, sahut) {
		const { conversation, origin } = await createConversation(body, sahut);
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
