import type { IDataObject } from 'n8n-workflow';

import type { Operation } from '../../runtime/operation';
import type { SahutRequest } from '../../transport/types';
import { collection, conversationLocator, sendOptions } from '../fields';
import { readMessage } from './content';
import { messageFields } from './contentFields';
import { findSentMessage } from './findSent';

interface Input {
	conversationId: string;
	body: IDataObject;
	dryRun: boolean;
}

const USE_A_TEMPLATE =
	'If the customer has not written within the last 24 hours, WhatsApp only accepts an approved template: set Message Type to WhatsApp Template. Otherwise check the template ID and its variables.';

/** `POST /conversations/{id}/messages`. A message whose answer is lost is looked for, not repeated. */
export function sendRequest(conversationId: string, body: IDataObject): SahutRequest {
	return {
		method: 'POST',
		path: ['conversations', conversationId, 'messages'],
		body,
		expects: 'record',
		subject: `conversation "${conversationId}"`,
		advice: { 422: USE_A_TEMPLATE },
		parentId: conversationId,
		findWritten: async (sahut, trace) => await findSentMessage(sahut, conversationId, trace),
	};
}

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
		collection('options', [
			sendOptions.concurrency,
			sendOptions.dryRun,
			{
				displayName: 'Private',
				name: 'private',
				type: 'boolean',
				default: false,
				displayOptions: { show: { '/messageType': ['text'] } },
				description:
					'Whether this is an internal note, which your team sees and the customer does not',
			},
			sendOptions.requestsPerMinute,
		]),
	],
	read(params) {
		const message = readMessage(params);
		const isPrivate = 'content' in message && params.flag('options.private', false);
		return {
			conversationId: params.locator('conversationId'),
			body: isPrivate ? { ...message, private: true } : message,
			dryRun: params.flag('options.dryRun', false),
		};
	},
	lane: ({ conversationId }) => `conversation ${conversationId}`,
	async run({ conversationId, body, dryRun }, sahut) {
		const request = sendRequest(conversationId, body);
		if (dryRun) return [{ json: { dryRun, request: sahut.describe(request) } }];
		const { data } = await sahut.request<IDataObject>(request);
		return [{ json: data }];
	},
};
