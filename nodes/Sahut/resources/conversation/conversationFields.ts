import type { INodeProperties } from 'n8n-workflow';

import { choiceField, optionsOf } from '../fieldTypes';

/** Of a conversation (API reference, "Conversations"). */
export const statusOptions = optionsOf({
	open: 'Open',
	pending: 'Pending',
	resolved: 'Resolved',
	snoozed: 'Snoozed',
});

/** In the place of an agent's ID (API reference, `GET /conversations`). */
export const NOBODY = 'unassigned';

/** For a filter and for a change. */
export function statusField(description: string): INodeProperties {
	return choiceField('Status', 'status', { default: 'open', description, options: statusOptions });
}
