import { UserError } from 'n8n-workflow';

import {
	getConversation,
	updateConversation,
	type ConversationChanges,
} from '../../api/conversations';
import type { Operation } from '../../runtime/operation';
import type { Params } from '../../runtime/params';
import { requireChanges } from '../changes';
import { collection, conversationLocator, idOption } from '../fields';
import { flagField, textField, textsField } from '../fieldTypes';
import { NOBODY, statusField } from './conversationFields';

function readAssignee(params: Params): Pick<ConversationChanges, 'assignee_id'> {
	const assigneeId = params.id('updateFields.assigneeId');
	const isNobody = assigneeId === NOBODY;
	if (!params.flag('updateFields.unassign', false)) {
		return assigneeId === '' ? {} : { assignee_id: isNobody ? null : assigneeId };
	}
	if (assigneeId !== '' && !isNobody) {
		throw new UserError('Assignee and Unassign are both set', {
			description: 'Remove one of the two options.',
		});
	}
	return { assignee_id: null };
}

function readChanges(params: Params): ConversationChanges {
	const status = params.entries('updateFields', { status: 'status' });
	const team_id = params.id('updateFields.teamId');
	const labels = params.texts('updateFields.labels');
	return {
		...status,
		...(team_id && { team_id }),
		...readAssignee(params),
		...(labels && { labels }),
	};
}

export const update: Operation<{ conversationId: string; changes: ConversationChanges }> = {
	value: 'update',
	name: 'Update',
	action: 'Update a conversation',
	description:
		'Change the status, assignee, team or labels of a conversation, e.g. to resolve it or hand it over; returns the changed conversation',
	pastParticiple: 'updated',
	fields: [
		conversationLocator,
		collection('updateFields', [
			idOption('Assignee', 'assigneeId', 'getNewAssignees', 'The agent to assign, or nobody'),
			textsField('Labels', 'labels', 'Label', {
				placeholder: 'e.g. lunas',
				description:
					'All labels that the conversation shall have: they replace those it has. An expression that gives an empty list takes all away.',
			}),
			statusField('What the conversation becomes'),
			textField('Team ID', 'teamId', {
				description:
					'The team that takes care of it from now on. Sahut documents no list of teams: if you do not find the ID in Sahut, ask Sahut’s support.',
			}),
			flagField('Unassign', 'unassign', {
				description: 'Whether to remove the assignee',
			}),
		]),
	],
	read(params) {
		const changes = requireChanges(readChanges(params));
		return { conversationId: params.locator('conversationId'), changes };
	},
	lane: ({ conversationId }) => `conversation ${conversationId}`,
	async run({ conversationId, changes }, sahut) {
		// Whether anything changes depends on when it is read: a retry must not decide again.
		const json = await sahut.once(`update of ${conversationId}`, {
			async run() {
				const conversation = await getConversation(sahut, conversationId);
				return { ...(await updateConversation(conversationId, conversation, changes, sahut)) };
			},
		});
		return [{ json }];
	},
};
