import { UserError } from 'n8n-workflow';

import { getConversation, updateConversation } from '../../api/conversations';
import type { Operation } from '../../runtime/operation';
import type { Params } from '../../runtime/params';
import type { ConversationChanges } from '../../transport/types';
import { requireChanges } from '../changes';
import { collection, conversationLocator, idOption } from '../fields';
import { flagField, textField } from '../fieldTypes';
import { applyGivenList, labelFields, readListFields, type GivenList } from '../listFields';
import { UNASSIGNED, statusField } from './conversationFields';

function readAssignee(params: Params): Pick<ConversationChanges, 'assignee_id'> {
	const assigneeId = params.id('updateFields.assigneeId');
	const isUnassigned = assigneeId === UNASSIGNED;
	if (!params.flag('updateFields.unassign', false)) {
		return assigneeId === '' ? {} : { assignee_id: isUnassigned ? null : assigneeId };
	}
	if (assigneeId !== '' && !isUnassigned) {
		throw new UserError('Assignee and Unassign are both set', {
			description: 'Remove one of the two fields.',
		});
	}
	return { assignee_id: null };
}

function readChanges(params: Params): ConversationChanges {
	const status = params.entries('updateFields', { status: 'status' });
	const team_id = params.id('updateFields.teamId');
	return {
		...status,
		...(team_id && { team_id }),
		...readAssignee(params),
	};
}

interface Input {
	conversationId: string;
	/** Without labels. */
	changes: ConversationChanges;
	labels: GivenList;
}

export const update: Operation<Input> = {
	value: 'update',
	name: 'Update',
	action: 'Update a conversation',
	description:
		'Change the status, assignee, team or labels of a conversation. Returns the updated conversation.',
	pastParticiple: 'updated',
	fields: [
		conversationLocator,
		collection('updateFields', [
			labelFields.add,
			idOption(
				'Assignee',
				'assigneeId',
				'getNewAssignees',
				'The agent to assign, or Unassigned to remove the assignee',
			),
			labelFields.remove,
			labelFields.set,
			statusField('The new status'),
			textField('Team ID', 'teamId', {
				description:
					'The ID of the new team. Sahut’s API has no list of teams: ask an admin of your workspace for the ID.',
			}),
			flagField('Unassign', 'unassign', {
				description: 'Whether to remove the assignee',
			}),
		]),
	],
	read(params) {
		const changes = readChanges(params);
		const labels = readListFields(params, 'updateFields', labelFields);
		requireChanges({ ...changes, ...labels });
		return { conversationId: params.locator('conversationId'), changes, labels };
	},
	lane: ({ conversationId }) => `conversation ${conversationId}`,
	async run({ conversationId, changes, labels: givenLabels }, sahut) {
		// The ledger records the result, because a retry that compares again may find other differences.
		const json = await sahut.once(`update of ${conversationId}`, {
			async run() {
				const conversation = await getConversation(sahut, conversationId);
				const record = `conversation "${conversationId}"`;
				const labels = applyGivenList(givenLabels, conversation.labels, record);
				const all = { ...changes, ...(labels && { labels }) };
				return { ...(await updateConversation(conversationId, conversation, all, sahut)) };
			},
		});
		return [{ json }];
	},
};
