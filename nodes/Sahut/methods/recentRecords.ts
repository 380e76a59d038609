import type { INodePropertyOptions } from 'n8n-workflow';

import { listRequest } from '../transport/pages';
import { fetchList } from '../transport/pagination';
import type { Conversation, SahutClient } from '../transport/types';

/** Five pages: the number of latest conversations that are searched for channels and agents. */
const MAX_CONVERSATIONS = 500;

/** Returns the list entry of a record, with its known names, or else with its ID. */
export function toEntry(id: string, ...names: Array<string | null | undefined>) {
	return { name: names.filter(Boolean).join(' · ') || id, value: id };
}

/** Lists the records in recent conversations, without duplicates, in alphabetical order. */
async function listRecentRecords(
	sahut: SahutClient,
	toEntries: (conversation: Conversation) => Array<ReturnType<typeof toEntry>>,
): Promise<INodePropertyOptions[]> {
	const list = listRequest('conversations');
	const recent = await fetchList<Conversation>(sahut, list, MAX_CONVERSATIONS);
	const byId = new Map(recent.flatMap(toEntries).map((entry) => [entry.value, entry]));
	return [...byId.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** Lists the channels of recent conversations, since the API has no list of channels. */
export async function listRecentChannels(sahut: SahutClient) {
	return await listRecentRecords(sahut, ({ channel }) =>
		channel?.id ? [toEntry(channel.id, channel.name, channel.type)] : [],
	);
}

/** Lists the agents of recent conversations, since the API has no list of agents. */
export async function listRecentAgents(sahut: SahutClient) {
	return await listRecentRecords(sahut, ({ assignee }) =>
		assignee?.id ? [toEntry(assignee.id, assignee.name)] : [],
	);
}
