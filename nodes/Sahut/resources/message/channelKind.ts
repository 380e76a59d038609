import { UserError } from 'n8n-workflow';

import type { ItemClient } from '../../runtime/operation';
import { fetchPage } from '../../transport/pages';
import type { Conversation } from '../../transport/types';
import type { Content } from './content';

/** The type of channel that most are of, and the one with rules of its own. */
export const WHATSAPP = 'whatsapp';

/** Whether WhatsApp's 24-hour rule holds; also for what has no type, since a template always arrives. */
export function hasWindow(channelType: unknown): boolean {
	return typeof channelType !== 'string' || channelType.toLowerCase().includes(WHATSAPP);
}

/** Keeps what kind a channel is, if the conversation is on it. */
export function learnKind(conversation: Conversation, channelId: string, sahut: ItemClient): void {
	const { id, type }: Partial<Conversation['channel']> = conversation.channel ?? {};
	if (id === channelId && typeof type === 'string')
		sahut.workspace.channelKind(channelId).type = type;
}

/**
 * The type of a channel (API reference, "Conversations"), which any conversation on it tells: asked for
 * once in a process.
 *
 * @returns undefined where none has told it
 * @throws NodeApiError when conversations cannot be read
 */
export async function fetchKind(channelId: string, sahut: ItemClient): Promise<string | undefined> {
	const kind = sahut.workspace.channelKind(channelId);
	if (kind.type === undefined) {
		const list = {
			path: ['conversations'],
			query: { channel_id: channelId },
			subject: `channel "${channelId}"`,
		};
		const { data } = await fetchPage<Conversation>(sahut, list, 1, 1);
		for (const conversation of data) learnKind(conversation, channelId, sahut);
	}
	return kind.type;
}

/**
 * For a message to who has no open conversation.
 *
 * @throws UserError for a text on WhatsApp: it arrives only where the customer has written, within the
 * last 24 hours.
 */
export async function refuseFirstText(
	{ phone, channelId, content }: { phone: string; channelId: string; content: Content },
	sahut: ItemClient,
): Promise<void> {
	if (content.template) return;
	const type = await fetchKind(channelId, sahut);
	if (type === undefined || !hasWindow(type)) return;
	throw new UserError(`A text does not reach ${phone}: there is no open conversation`, {
		description:
			'WhatsApp takes a text only within 24 hours of the customer’s last message. Set Message Type to WhatsApp Template, or to Text, or Template After 24 Hours. Nothing was sent, and no contact or conversation was made.',
	});
}
