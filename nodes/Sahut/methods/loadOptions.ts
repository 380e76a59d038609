import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { FIXED_ENTRIES } from './fixedEntries';
import { listRecentAgents, listRecentChannels } from './recentRecords';

// n8n calls each export by its name: a file with other exports would offer them as dropdowns, too.

type Entries = Promise<INodePropertyOptions[]>;

/** Lists the channels for the filter of the trigger, e.g. "WhatsApp Utama · whatsapp". */
export async function getChannels(this: ILoadOptionsFunctions): Entries {
	return await listRecentChannels(this);
}

/** Lists the channels for a filter of conversations. */
export async function getAnyChannel(this: ILoadOptionsFunctions): Entries {
	return [...FIXED_ENTRIES.getAnyChannel, ...(await listRecentChannels(this))];
}

/** Lists the agents for a new conversation. */
export async function getAgents(this: ILoadOptionsFunctions): Entries {
	return [...FIXED_ENTRIES.getAgents, ...(await listRecentAgents(this))];
}

/** Lists the possible assignees of an existing conversation. */
export async function getNewAssignees(this: ILoadOptionsFunctions): Entries {
	return [...FIXED_ENTRIES.getNewAssignees, ...(await listRecentAgents(this))];
}

/** Lists the assignees for a filter of conversations. */
export async function getAssignees(this: ILoadOptionsFunctions): Entries {
	return [...FIXED_ENTRIES.getAssignees, ...(await listRecentAgents(this))];
}
