import type { IBinaryKeyData } from 'n8n-workflow';

import type { ItemClient } from '../../api/itemClient';
import { listMessagesRequest } from '../../api/messages';
import type { Operation } from '../../runtime/operation';
import type { Params } from '../../runtime/params';
import { withFileNames } from '../../transport/attachmentNames';
import { downloadableAttachmentsOf } from '../../transport/attachments';
import { fetchTimeline, type Selection } from '../../transport/timeline';
import type { Message } from '../../transport/types';
import { conversationLocator, returnAllAndLimit } from '../fields';
import { filters, options } from './listFields';
import { toTranscript } from './transcript';

function readFilter(params: Params): Selection<Message>['keep'] {
	const types = new Set(params.choices('filters.types'));
	const senderTypes = new Set(params.choices('filters.senderTypes'));
	if (types.size === 0 && senderTypes.size === 0) return undefined;
	return ({ type, sender }) =>
		(types.size === 0 || types.has(type)) &&
		(senderTypes.size === 0 || senderTypes.has(sender?.type));
}

function read(params: Params) {
	return {
		conversationId: params.locator('conversationId'),
		selection: {
			limit: params.limit(),
			newestFirst: params.choice('options.order') === 'newestFirst',
			after: params.instant('filters.createdAfter'),
			before: params.instant('filters.createdBefore'),
			keep: readFilter(params),
		},
		asTranscript: params.choice('options.output') === 'transcript',
		downloadAttachments: params.flag('options.downloadAttachments', false),
		timezone: params.timezone(),
	};
}

/** Downloads the attachments of messages, as `attachment_0`, `attachment_1`, …; undefined if there are none. */
async function download(
	messages: Message[],
	sahut: ItemClient,
): Promise<IBinaryKeyData | undefined> {
	const attachments = withFileNames(messages.flatMap(downloadableAttachmentsOf));
	if (attachments.length === 0) return undefined;
	const files = await Promise.all(attachments.map(sahut.download));
	return Object.fromEntries(files.map((file, index) => [`attachment_${index}`, file]));
}

export const list: Operation<ReturnType<typeof read>> = {
	value: 'list',
	name: 'List',
	action: 'List messages',
	description:
		'List the messages of a conversation. Returns one item per message, or one item with a transcript.',
	pastParticiple: 'read',
	readsOnly: true,
	fields: [conversationLocator, ...returnAllAndLimit, filters, options],
	read,
	async run({ conversationId, selection, asTranscript, downloadAttachments, timezone }, sahut) {
		let total: number | undefined;
		const messages = await fetchTimeline<Message>(
			sahut,
			listMessagesRequest(conversationId),
			selection,
			(count) => (total = count),
		);
		sahut.countListed('messages', messages.length, total);
		if (asTranscript) {
			const oldestFirst = selection.newestFirst ? messages.toReversed() : messages;
			const json = await toTranscript(conversationId, oldestFirst, timezone);
			const binary = downloadAttachments ? await download(oldestFirst, sahut) : undefined;
			return [{ json, binary }];
		}
		if (!downloadAttachments) return messages.map((json) => ({ json }));
		const withFiles = async (json: Message) => ({ json, binary: await download([json], sahut) });
		return await Promise.all(messages.map(withFiles));
	},
};
