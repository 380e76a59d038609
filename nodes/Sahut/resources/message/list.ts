import type { IDataObject } from 'n8n-workflow';

import type { Operation } from '../../runtime/operation';
import { fetchList } from '../../transport/pagination';
import type { Message } from '../../transport/types';
import { concurrencyOption, conversationLocator, returnAllAndLimit } from '../fields';

interface Input {
	conversationId: string;
	limit: number;
}

export const list: Operation<Input> = {
	value: 'list',
	name: 'List',
	action: 'List messages',
	description: 'Read the messages of a conversation, oldest first; returns one item per message',
	done: 'read',
	fields: [
		conversationLocator,
		...returnAllAndLimit,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			options: [
				concurrencyOption(
					'How many pages of 100 messages are fetched at once, from 1 to 20. The order of the messages stays the same.',
				),
			],
		},
	],
	read: (params) => ({
		conversationId: params.locator('conversationId'),
		limit: params.limit(),
	}),
	run: async ({ conversationId, limit }, sahut) =>
		await fetchList<Message & IDataObject>(
			sahut,
			{
				path: ['conversations', conversationId, 'messages'],
				subject: `conversation "${conversationId}"`,
			},
			limit,
		),
};
