import type { IDataObject } from 'n8n-workflow';

import { getConversation } from '../api/conversations';
import type { ItemClient } from '../api/itemClient';
import type { MessageContent } from './content';
import type { History } from './history';

/** How long WhatsApp accepts a text after the customer's last message. */
export const WINDOW_MS = 24 * 60 * 60 * 1_000;

/** How long before the window closes the last text is sent: one that arrives later may be lost. */
const WINDOW_SAFETY_MARGIN_MS = 60_000;

/** Longer than a message usually waits for the rate limit. */
const CLOSES_SOON_MS = 15 * 60_000;

/**
 * How far back the customer's last message is searched, in pages of 100. If none of these messages is the
 * customer's, the template is sent, which always arrives.
 */
const MAX_PAGES = 2;

/** The channel type with the 24-hour rule. */
export const WHATSAPP = 'whatsapp';

/** Whether WhatsApp's 24-hour rule applies; also to an unknown type, since a template always arrives. */
export function hasWindow(channelType: unknown): boolean {
	return typeof channelType !== 'string' || channelType.toLowerCase().includes(WHATSAPP);
}

/** Returns until when a new conversation accepts a text: the customer has not written in it. */
export function getNewConversationTextDeadline(channelType: unknown): number {
	return hasWindow(channelType) ? -Infinity : Infinity;
}

/**
 * Reads until when WhatsApp accepts a text into a conversation (API reference, "Messages").
 *
 * @returns a time by Sahut's clock, in milliseconds since the epoch; -Infinity if the customer has not
 * written within 24 hours
 * @throws NodeApiError if the conversation cannot be read
 */
export async function readWindowEnd(history: History, sahut: ItemClient): Promise<number> {
	for await (const { messages } of history.readBackwards(MAX_PAGES)) {
		const incoming = messages.findLast(({ type }) => type === 'incoming');
		if (incoming) return Date.parse(incoming.created_at) + WINDOW_MS - WINDOW_SAFETY_MARGIN_MS;
		if (Date.parse(messages[0]?.created_at ?? '') < sahut.serverNow() - WINDOW_MS) break;
	}
	return -Infinity;
}

/**
 * Finds until when a message into a conversation is sent as a text; from then on, as its template.
 *
 * @param channelType undefined if it is unknown; it is only requested if the result depends on it
 * @throws NodeApiError if the conversation cannot be read
 */
export async function findTextDeadline(
	history: History,
	{ text, template }: MessageContent,
	channelType: string | undefined,
	sahut: ItemClient,
): Promise<number> {
	if (!text || !template || !hasWindow(channelType)) return Infinity;
	const textDeadline = await readWindowEnd(history, sahut);
	if (channelType !== undefined || textDeadline > sahut.serverNow() + CLOSES_SOON_MS)
		return textDeadline;
	const { channel } = await getConversation(sahut, history.conversationId);
	return hasWindow(channel?.type) ? textDeadline : Infinity;
}

/** Returns the body to send at this moment: the text until `textDeadline`, then the template. */
export function chooseBody(
	{ text, template }: MessageContent,
	textDeadline: number,
	sahut: ItemClient,
): IDataObject {
	const isText = !template || textDeadline > sahut.serverNow();
	return (isText ? text : template) ?? template ?? {};
}
