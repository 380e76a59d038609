import type { IDataObject } from 'n8n-workflow';

import { getConversation } from '../api/conversations';
import type { ItemClient } from '../api/itemClient';
import type { MessageContent } from './content';
import type { History } from './history';

/** How long WhatsApp accepts texts after the customer's last message. */
export const WINDOW_MS = 24 * 60 * 60 * 1_000;

/** The node stops sending texts this long before the window closes: a text that arrives late may be lost. */
const WINDOW_SAFETY_MARGIN_MS = 60_000;

/** Longer than the usual wait of a message for the rate limit. */
const CLOSES_SOON_MS = 15 * 60_000;

/**
 * The maximum number of pages to search for the customer's last message, each with 100 messages. If these
 * messages contain none from the customer, the node sends the template, which WhatsApp accepts at any time.
 */
const MAX_PAGES = 2;

/** The channel type to which the 24-hour rule applies. */
export const WHATSAPP = 'whatsapp';

/**
 * Whether WhatsApp's 24-hour rule applies to a channel type. Also true for an unknown type: the node then
 * sends the template, which every channel accepts.
 */
export function hasWindow(channelType: unknown): boolean {
	return typeof channelType !== 'string' || channelType.toLowerCase().includes(WHATSAPP);
}

/**
 * Returns the text deadline in a new conversation, in which the customer has not written.
 *
 * @returns -Infinity if the 24-hour rule applies, otherwise Infinity
 */
export function getNewConversationTextDeadline(channelType: unknown): number {
	return hasWindow(channelType) ? -Infinity : Infinity;
}

/**
 * Finds the end of the 24-hour window in a conversation, from the customer's last message.
 *
 * @returns the end, minus the safety margin, by Sahut's clock, in milliseconds since the epoch; -Infinity if
 * the customer has not written within 24 hours
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
 * Finds the time from which a message is sent as its template instead of its text.
 *
 * @param channelType undefined if it is unknown; requested only if the result depends on it
 * @returns a time by Sahut's clock, in milliseconds since the epoch; Infinity if the message is always sent
 * as a text, or has only one form
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
	const isTypeIrrelevant = textDeadline > sahut.serverNow() + CLOSES_SOON_MS;
	if (channelType !== undefined || isTypeIrrelevant) return textDeadline;
	const { channel } = await getConversation(sahut, history.conversationId);
	return hasWindow(channel?.type) ? textDeadline : Infinity;
}

/** Returns the body to send now: the text before `textDeadline`, then the template. */
export function chooseBody(
	{ text, template }: MessageContent,
	textDeadline: number,
	sahut: ItemClient,
): IDataObject {
	const isText = !template || textDeadline > sahut.serverNow();
	return (isText ? text : template) ?? template ?? {};
}
