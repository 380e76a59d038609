import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

/** Of a conversation (API reference, "Conversations"). */
export const statusOptions: INodePropertyOptions[] = [
	{ name: 'Open', value: 'open' },
	{ name: 'Pending', value: 'pending' },
	{ name: 'Resolved', value: 'resolved' },
	{ name: 'Snoozed', value: 'snoozed' },
];

/** In the place of an agent's ID (API reference, `GET /conversations`). */
export const NOBODY = 'unassigned';

/** For a filter and for a change. */
export function statusField(description: string): INodeProperties {
	return {
		displayName: 'Status',
		name: 'status',
		type: 'options',
		default: 'open',
		description,
		options: statusOptions,
	};
}
