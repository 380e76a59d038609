import { getConversation } from '../api/conversations';
import type { ItemClient } from '../api/itemClient';
import type { Content, Form } from './content';
import type { History } from './history';

/** WhatsApp accepts a text for this long after the customer's last message. */
export const WINDOW_MS = 24 * 60 * 60 * 1_000;

/** A text that is on its way when the window closes may be lost. */
const WINDOW_SAFETY_MARGIN_MS = 60_000;

/** More than a message can wait for the rate limit. */
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

/** How a message is sent: a text only until `textUntil`, by Sahut's clock, then the template. */
export interface FormChoice {
	form: Form;
	textUntil: number;
}

const ALWAYS = Infinity;

/** The form of a message if the window is known. */
export function chooseForm(
	{ text, template }: Content,
	textUntil: number,
	sahut: ItemClient,
): FormChoice {
	if (!text) return { form: 'template', textUntil: -Infinity };
	if (!template) return { form: 'text', textUntil: ALWAYS };
	return { form: textUntil > sahut.serverNow() ? 'text' : 'template', textUntil };
}

/** The body of a message at the moment when it is sent. */
export function bodyNow({ text, template }: Content, { textUntil }: FormChoice, sahut: ItemClient) {
	const body = textUntil > sahut.serverNow() ? text : template;
	return body ?? text ?? template ?? {};
}

/**
 * The form of a message into an existing conversation: the text if its channel has no 24-hour rule, or
 * the window stays open.
 *
 * @param channelType undefined if it is not known; then it is only requested if the answer depends on it
 * @throws NodeApiError if the conversation cannot be read
 */
export async function chooseFormFor(
	history: History,
	content: Content,
	channelType: string | undefined,
	sahut: ItemClient,
): Promise<FormChoice> {
	if (!content.text || !content.template) return chooseForm(content, -Infinity, sahut);
	if (!hasWindow(channelType)) return chooseForm(content, ALWAYS, sahut);
	const textUntil = await readWindow(history, sahut);
	const isOpenForLong = textUntil > sahut.serverNow() + CLOSES_SOON_MS;
	if (channelType === undefined && !isOpenForLong) {
		const { channel } = await getConversation(sahut, history.conversationId);
		if (!hasWindow(channel?.type)) return chooseForm(content, ALWAYS, sahut);
	}
	return chooseForm(content, textUntil, sahut);
}
