import { idOption } from '../fields';
import { listOperation } from '../listOperation';
import { statusField } from './conversationFields';

export const list = listOperation(
	'conversations',
	'Find conversations by status, channel or assignee, e.g. open ones that nobody answers; returns one item per conversation',
	[
		idOption(
			'Assignee',
			'assigneeId',
			'getAssignees',
			'Only conversations that this agent, or nobody, takes care of',
		),
		idOption('Channel', 'channelId', 'getAnyChannel', 'Only conversations on this channel'),
		statusField('Only conversations with this status'),
	],
	{ status: 'status', channel_id: 'channelId', assignee_id: 'assigneeId' },
);
