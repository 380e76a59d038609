import { createConversation } from '../../api/conversations';
import { deliverToConversation } from '../../delivery/deliver';
import type { Operation } from '../../runtime/operation';
import type { NewConversation } from '../../transport/types';
import { channelLocator, collection, contactLocator, idOption } from '../fields';
import { textField } from '../fieldTypes';

interface Input {
	body: NewConversation;
	/** Empty if there is none. */
	firstMessage: string;
}

export const create: Operation<Input> = {
	value: 'create',
	name: 'Create',
	action: 'Create a conversation',
	description:
		'Create a conversation with a contact on a channel, even if an open one exists. Returns the new conversation.',
	pastParticiple: 'created',
	fields: [
		contactLocator,
		channelLocator,
		collection('additionalFields', [
			idOption('Assignee', 'assigneeId', 'getAgents', 'The agent to assign'),
			textField('First Message', 'firstMessage', {
				typeOptions: { rows: 4 },
				placeholder: 'e.g. Hi Budi, how can we help you?',
				description:
					'A text to send in the new conversation. If the customer has not written yet, WhatsApp accepts only a template: send it with Message: Send.',
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
	// In parallel, a search after a lost response could return the equal conversation of another item.
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
