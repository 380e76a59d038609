import type { INodeProperties } from 'n8n-workflow';

import { choiceField, optionsOf } from '../fieldTypes';

/** The statuses of a conversation (API reference, "Conversations"). */
export const statusOptions = optionsOf({
	open: 'Open',
	pending: 'Pending',
	resolved: 'Resolved',
	snoozed: 'Snoozed',
});

/** No assignee, in place of an agent's ID (API reference, `GET /conversations`). */
export const UNASSIGNED = 'unassigned';

/** Returns the field Status, for a filter or for an update. */
export function statusField(description: string): INodeProperties {
	return choiceField('Status', 'status', { default: 'open', description, options: statusOptions });
}
