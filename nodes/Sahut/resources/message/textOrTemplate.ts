import type { IDataObject } from 'n8n-workflow';

import type { ItemClient } from '../../runtime/operation';
import type { Conversation } from '../../transport/types';
import { getConversationRequest } from '../conversation/requests';
import { hasWindow } from './channelKind';
import type { LookBack } from './lookBack';

const HOUR_MS = 60 * 60 * 1_000;

/** WhatsApp takes a text for this long after the customer's last message. */
const WINDOW_MS = 24 * HOUR_MS;

/** A text that is on its way when the window closes may be lost. */
const TO_SPARE_MS = 60_000;

/**
 * How far to look back for the customer's last message. Where as many others have followed within 24
 * hours, the template is the one that surely arrives. With the page that tells how many there are, the
 * conversation's record and the message, it makes five requests.
 */
const MAX_PAGES_BACK = 2;

/** What is sent; a text for as long as `until`, by the server's clock, in milliseconds since the epoch. */
export type Choice = { sentAs: 'text' | 'template'; until?: number };

/** Where a message goes. */
export interface Destination {
	conversationId: string;
	/** E.g. `whatsapp`; undefined when it has not been read. */
	channelType?: string;
	/** Whether it was made for this message, so that the customer has not written in it. */
	isNew: boolean;
}

/** When the customer last wrote; undefined when that is too long ago, or was not found. */
async function findLastIncoming(back: LookBack, sahut: ItemClient): Promise<number | undefined> {
	for await (const { messages } of back(MAX_PAGES_BACK)) {
		const last = messages.findLast(({ type }) => type === 'incoming');
		if (last) return Date.parse(last.created_at);
		const [oldest] = messages;
		if (oldest && Date.parse(oldest.created_at) < sahut.serverNow() - WINDOW_MS) return undefined;
	}
	return undefined;
}

/**
 * Whether the customer can be sent a text now, or only a template: on WhatsApp, a text arrives within
 * 24 hours of their last message (API reference, "Messages", `template_id`); other channels know no
 * such rule.
 *
 * @throws NodeApiError when it cannot be found out
 */
export async function textOrTemplate(
	{ conversationId, channelType, isNew }: Destination,
	back: LookBack,
	sahut: ItemClient,
): Promise<Choice> {
	if (!hasWindow(channelType)) return { sentAs: 'text' };
	const wroteAt = isNew ? undefined : await findLastIncoming(back, sahut);
	const until = (wroteAt ?? -Infinity) + WINDOW_MS - TO_SPARE_MS;
	if (until > sahut.serverNow()) return { sentAs: 'text', until };
	if (channelType !== undefined) return { sentAs: 'template' };
	const { data } = await sahut.request<Conversation & IDataObject>(
		getConversationRequest(conversationId),
	);
	return { sentAs: hasWindow(data.channel?.type) ? 'template' : 'text' };
}
