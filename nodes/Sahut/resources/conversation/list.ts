import type { Operation } from '../../runtime/operation';
import { fetchList } from '../../transport/pagination';
import type { Conversation } from '../../transport/types';
import { collection, idOption, listOptions, returnAllAndLimit } from '../fields';
import { statusField } from './conversationFields';

interface Input {
	limit: number;
	query: Record<string, string>;
}

export const list: Operation<Input> = {
	value: 'list',
	name: 'List',
	action: 'List conversations',
	description:
		'Find conversations by status, channel or assignee, e.g. open ones that nobody answers; returns one item per conversation',
	done: 'read',
	readsOnly: true,
	fields: [
		...returnAllAndLimit,
		collection('filters', [
			idOption(
				'Assignee',
				'assigneeId',
				'getAssignees',
				'Only conversations that this agent, or nobody, takes care of',
			),
			idOption('Channel', 'channelId', 'getAnyChannel', 'Only conversations on this channel'),
			statusField('Only conversations with this status'),
		]),
		listOptions('conversations'),
	],
	read(params) {
		const filter = (name: string) => params.text(`filters.${name}`).trim();
		const status = filter('status');
		const channel_id = filter('channelId');
		const assignee_id = filter('assigneeId');
		return {
			limit: params.limit(),
			query: {
				...(status && { status }),
				...(channel_id && { channel_id }),
				...(assignee_id && { assignee_id }),
			},
		};
	},
	async run({ limit, query }, sahut) {
		const conversations = await fetchList<Conversation>(
			sahut,
			{ path: ['conversations'], query, wording: { subject: 'list of conversations' } },
			limit,
		);
		return conversations.map((conversation) => ({ json: conversation }));
	},
};
