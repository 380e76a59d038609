import type { INodePropertyOptions } from 'n8n-workflow';

import { UNASSIGNED } from '../resources/conversation/conversationFields';

/**
 * An entry for a field that was added but left unset, which counts as not given. Without it, the editor
 * marks the field as invalid.
 */
const unset = (name: string): INodePropertyOptions => ({ name, value: '' });

const unassigned: INodePropertyOptions = { name: 'Unassigned', value: UNASSIGNED };

/** The first entries of each dropdown, by its method in `loadOptions`; the records of Sahut follow them. */
export const FIXED_ENTRIES = {
	getAgents: [unset('Sahut Default')],
	getAnyChannel: [unset('Any Channel')],
	getAssignees: [unset('Assigned or Unassigned'), unassigned],
	getNewAssignees: [unset('No Change'), unassigned],
} satisfies Record<string, INodePropertyOptions[]>;
