import { idOption } from '../fields';
import { listOperation } from '../listOperation';
import { statusField } from './conversationFields';

export const list = listOperation(
	'conversations',
	'List conversations, filtered by status, channel or assignee. Returns one item per conversation.',
	[
		idOption(
			'Assignee',
			'assigneeId',
			'getAssignees',
			'Only return conversations of this agent, or conversations without an assignee',
		),
		idOption('Channel', 'channelId', 'getAnyChannel', 'Only return conversations on this channel'),
		statusField('Only return conversations with this status'),
	],
	{ status: 'status', channel_id: 'channelId', assignee_id: 'assigneeId' },
);
