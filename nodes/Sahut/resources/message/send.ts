import type { IDataObject } from 'n8n-workflow';

import type { Operation } from '../../runtime/operation';
import type { Message } from '../../transport/types';
import { concurrencyOption, conversationLocator, messageFields } from '../fields';
import { readMessage } from './content';

interface Input {
	conversationId: string;
	body: IDataObject;
}

const USE_A_TEMPLATE =
	'If the customer has not written within the last 24 hours, WhatsApp only accepts an approved template: set Message Type to WhatsApp Template. Otherwise check the template ID and its variables.';

export const send: Operation<Input> = {
	value: 'send',
	name: 'Send',
	action: 'Send a message',
	description:
		'Send a text or a WhatsApp template into a conversation; returns the message that was sent',
	done: 'sent',
	fields: [
		conversationLocator,
		...messageFields,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			options: [
				concurrencyOption(
					'How many messages may be on their way at once, from 1 to 20. Messages to the same conversation are always sent one after another.',
				),
				{
					displayName: 'Private',
					name: 'private',
					type: 'boolean',
					default: false,
					displayOptions: { show: { '/messageType': ['text'] } },
					description:
						'Whether this is an internal note, which your team sees and the customer does not',
				},
			],
		},
	],
	read(params) {
		const message = readMessage(params);
		const isPrivate = 'content' in message && params.flag('options.private', false);
		return {
			conversationId: params.locator('conversationId'),
			body: isPrivate ? { ...message, private: true } : message,
		};
	},
	lane: ({ conversationId }) => conversationId,
	async run({ conversationId, body }, sahut) {
		const { data } = await sahut.request<Message & IDataObject>({
			method: 'POST',
			path: ['conversations', conversationId, 'messages'],
			body,
			expects: 'record',
			subject: `conversation "${conversationId}"`,
			advice: { 422: USE_A_TEMPLATE },
		});
		return [data];
	},
};
