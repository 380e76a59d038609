import type { OutgoingMessage } from '../../delivery/content';
import { deliverToConversation } from '../../delivery/deliver';
import type { Operation } from '../../runtime/operation';
import { collection, conversationLocator, sendOptions } from '../fields';
import { flagField } from '../fieldTypes';
import { messageFields } from './contentFields';
import { readOutgoing, readSkipTags } from './readOutgoing';

interface Input extends OutgoingMessage {
	conversationId: string;
	skipContactTags: string[];
}

export const send: Operation<Input> = {
	value: 'send',
	name: 'Send',
	action: 'Send a message',
	description:
		'Send a text or a WhatsApp template to a conversation, such as a reply. Returns the sent message.',
	builderHint:
		'Use this to answer in a conversation. If only the phone number is known, use sendToPhone. Do not send if a person answers the customer: set Skip If Assigned.',
	pastParticiple: 'sent',
	fields: [
		conversationLocator,
		...messageFields,
		collection('options', [
			sendOptions.concurrency,
			sendOptions.dryRun,
			flagField('Private', 'private', {
				description:
					'Whether to send an internal note, which only your team can see. Requires the message type Text.',
			}),
			sendOptions.requestsPerMinute,
			sendOptions.skipContactTags,
			sendOptions.skipIfAssigned,
			sendOptions.skipIfCustomerWroteWithin,
			sendOptions.skipIfSentWithin,
		]),
	],
	read: (params) => ({
		...readOutgoing(params),
		conversationId: params.locator('conversationId'),
		skipContactTags: readSkipTags(params),
	}),
	lane: ({ conversationId }) => `conversation ${conversationId}`,
	run: async ({ conversationId, skipContactTags, ...outgoing }, sahut) => [
		{ json: await deliverToConversation(conversationId, outgoing, sahut, { skipContactTags }) },
	],
};
