import type { IDataObject } from 'n8n-workflow';

import { normalizeText } from '../../api/messageContent';
import { attachmentsOf } from '../../transport/attachments';
import { createYielder } from '../../transport/yielder';
import type { Message } from '../../transport/types';

/** Returns a format for times such as `2024-03-15 15:30`. Swedish dates are ISO dates. */
function timeFormat(timezone: string): Intl.DateTimeFormat {
	return new Intl.DateTimeFormat('sv-SE', {
		timeZone: timezone,
		dateStyle: 'short',
		timeStyle: 'short',
	});
}

/**
 * Converts messages to a text for a person or a language model, in their order, with one line for each:
 * `[2024-03-15 15:30] Budi Santoso (contact): Halo [file: bukti.png]`.
 *
 * @param timezone IANA name, e.g. `Asia/Jakarta`
 * @returns `conversation_id`, `count` of messages, `timezone` of the times, and `transcript`
 */
export async function toTranscript(
	conversationId: string,
	messages: Message[],
	timezone: string,
): Promise<IDataObject> {
	const format = timeFormat(timezone);
	const yieldIfDue = createYielder();
	const lines: string[] = [];
	for (const message of messages) {
		const { created_at, type, sender, content } = message;
		const at = Date.parse(created_at);
		const time = Number.isNaN(at) ? (created_at ?? 'no time') : format.format(at);
		const name = sender && type !== 'activity' && (sender.name ?? sender.id);
		const kind = (name && sender.type) || type || 'message';
		const author = name ? `${name} (${kind})` : kind;
		const files = attachmentsOf(message).map(
			({ file_name, url }) => `[file: ${file_name ?? url ?? 'no name'}]`,
		);
		lines.push(`[${time}] ${author}: ${normalizeText([content ?? '', ...files].join(' '))}`);
		await yieldIfDue();
	}
	return {
		conversation_id: conversationId,
		count: messages.length,
		timezone,
		transcript: lines.join('\n'),
	};
}
