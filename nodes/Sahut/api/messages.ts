import type { IDataObject } from 'n8n-workflow';

import { writeKey } from '../processCache/recentWrites';
import type { ListRequest } from '../transport/pages';
import type { Message, SahutRequest, Wording } from '../transport/types';
import { contentKey, showsValues } from './messageContent';
import type { ItemClient } from './itemClient';
import { refusalAdvice } from './refusalAdvice';
import { write, type Write } from './write';

/**
 * Returns the list call for the messages of a conversation, oldest to newest: `GET
 * /conversations/{id}/messages` (API reference, "Messages").
 *
 * @param note a sentence for errors about the records that already exist
 */
export function listMessagesRequest(conversationId: string, note?: string): ListRequest {
	return {
		path: ['conversations', conversationId, 'messages'],
		wording: {
			action: `read the messages of conversation "${conversationId}"`,
			target: `Conversation "${conversationId}"`,
			note,
		},
	};
}

/** Returns the request that sends a message, which a Dry Run outputs. */
export function sendMessageRequest(conversationId: string, body?: IDataObject) {
	const path = ['conversations', conversationId, 'messages'];
	return { method: 'POST', path, body, expects: 'record' } satisfies SahutRequest;
}

/** Returns the ledger's key of a message into a conversation. */
export const messageKey = (conversationId: string) =>
	`POST /conversations/${conversationId}/messages`;

/** Returns the key under which this process remembers a message. */
export function messageMemoryKey(
	{ cache }: ItemClient,
	conversationId: string,
	body: IDataObject,
): number {
	return writeKey('message', cache.address, conversationId, contentKey(body));
}

/** A message to be sent; `key` is {@link messageKey}, or the key of a message to a phone number. */
type OutgoingMessage = Pick<Write<IDataObject>, 'key' | 'body' | 'context' | 'find'> & {
	conversationId: string;
	wording?: Partial<Wording>;
};

/**
 * Sends a message by `POST /conversations/{id}/messages` (API reference, "Messages").
 *
 * @returns Sahut's record of the message
 * @throws NodeApiError, UnknownOutcomeError
 */
export async function sendMessage(
	{ conversationId, wording, ...message }: OutgoingMessage,
	sahut: ItemClient,
): Promise<IDataObject> {
	let sent: IDataObject = {};
	return await write(
		{
			...message,
			body: () => (sent = message.body()),
			request: sendMessageRequest(conversationId),
			wording: {
				action: `send the message to conversation "${conversationId}"`,
				target: `Conversation "${conversationId}"`,
				...wording,
				advice: {
					422: (sahutMessage) => refusalAdvice(sent, sahutMessage),
					...wording?.advice,
				},
			},
			memory: sahut.cache.recentMessages,
			memoryKeys: (body) => [messageMemoryKey(sahut, conversationId, body)],
			onResponse: (record, body) => observeApi(record, body, sahut),
		},
		sahut,
	);
}

/** Records undocumented API behavior that Sahut's response to a message shows. */
function observeApi(record: IDataObject, body: IDataObject, { cache }: ItemClient): void {
	const { observedApi } = cache;
	const { content, sender } = record as Partial<Message>;
	if (sender?.id !== undefined) observedApi.sender = { ...sender };
	if (body.template_id === undefined || typeof content !== 'string') return;
	const shows = showsValues(body, content);
	if (shows !== undefined) observedApi.showsTemplateValues = shows;
	else
		Object.assign(observedApi.templateResponses.get(String(body.template_id)), {
			content,
			senderId: sender?.id,
		});
}
