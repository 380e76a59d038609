import type { IDataObject } from 'n8n-workflow';

import { getConversation } from '../api/conversations';
import type { ItemClient } from '../api/itemClient';
import type { Content } from './content';
import type { History } from './history';

/** WhatsApp accepts a text for this long after the customer's last message. */
export const WINDOW_MS = 24 * 60 * 60 * 1_000;

/** A text that is on its way when the window closes may be lost. */
const WINDOW_SAFETY_MARGIN_MS = 60_000;

/** More than a message waits for the rate limit. */
const CLOSES_SOON_MS = 15 * 60_000;

/**
 * How far back the customer's last message is searched, in pages of 100. If so many others have followed
 * within 24 hours, a template surely arrives.
 */
const MAX_PAGES = 2;

/** The channel type with the 24-hour rule. */
export const WHATSAPP = 'whatsapp';

/** Whether WhatsApp's 24-hour rule applies; also to an unknown type, since a template always arrives. */
export function hasWindow(channelType: unknown): boolean {
	return typeof channelType !== 'string' || channelType.toLowerCase().includes(WHATSAPP);
}

/** Until when a text can be sent into a new conversation, in which the customer has not written. */
export function textUntilInNew(channelType: unknown): number {
	return hasWindow(channelType) ? -Infinity : Infinity;
}

/**
 * Until when the customer of a conversation can be sent a text, by Sahut's clock, in milliseconds since
 * the epoch; -Infinity if they have not written within 24 hours (API reference, "Messages").
 *
 * @throws NodeApiError if the conversation cannot be read
 */
export async function readWindow(history: History, sahut: ItemClient): Promise<number> {
	for await (const { messages } of history.readBackwards(MAX_PAGES)) {
		const incoming = messages.findLast(({ type }) => type === 'incoming');
		if (incoming) return Date.parse(incoming.created_at) + WINDOW_MS - WINDOW_SAFETY_MARGIN_MS;
		if (Date.parse(messages[0]?.created_at ?? '') < sahut.serverNow() - WINDOW_MS) break;
	}
	return -Infinity;
}

/**
 * Until when a message into a conversation is sent as a text, if it can also be sent as a template.
 *
 * @param channelType undefined if it is not known; it is only requested if the answer depends on it
 * @throws NodeApiError if the conversation cannot be read
 */
export async function findTextUntil(
	history: History,
	{ text, template }: Content,
	channelType: string | undefined,
	sahut: ItemClient,
): Promise<number> {
	if (!text || !template || !hasWindow(channelType)) return Infinity;
	const textUntil = await readWindow(history, sahut);
	if (channelType !== undefined || textUntil > sahut.serverNow() + CLOSES_SOON_MS) return textUntil;
	const { channel } = await getConversation(sahut, history.conversationId);
	return hasWindow(channel?.type) ? textUntil : Infinity;
}

/** The body of a message at this moment: the text until `textUntil`, then the template. */
export function bodyNow(
	{ text, template }: Content,
	textUntil: number,
	sahut: ItemClient,
): IDataObject {
	const isText = !template || textUntil > sahut.serverNow();
	return (isText ? text : template) ?? template ?? {};
}
