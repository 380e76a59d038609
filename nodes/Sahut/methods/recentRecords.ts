import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { connect } from '../transport/client';
import { listOf } from '../transport/pages';
import { fetchList } from '../transport/pagination';
import type { Conversation } from '../transport/types';

/** How far back channels and agents are looked for: five pages. */
const MAX_CONVERSATIONS = 500;

/** Returns the entry of a list for a record: the names that it has, else its ID. */
export function entryOf(id: string, ...names: Array<string | null | undefined>) {
	return { name: names.filter(Boolean).join(' · ') || id, value: id };
}

/** Lists the records that recent conversations name, each once, in alphabetical order. */
async function recentRecords(
	context: ILoadOptionsFunctions,
	entriesOf: (conversation: Conversation) => Array<ReturnType<typeof entryOf>>,
): Promise<INodePropertyOptions[]> {
	const list = listOf('conversations');
	const recent = await fetchList<Conversation>(await connect(context), list, MAX_CONVERSATIONS);
	const byId = new Map(recent.flatMap(entriesOf).map((entry) => [entry.value, entry]));
	return [...byId.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** The channels of recent conversations, e.g. "WhatsApp Utama · whatsapp": the API has no list of them. */
export async function recentChannels(context: ILoadOptionsFunctions) {
	return await recentRecords(context, ({ channel }) =>
		channel?.id ? [entryOf(channel.id, channel.name, channel.type)] : [],
	);
}

/** The agents of recent conversations: the API has no list of them. */
export async function recentAgents(context: ILoadOptionsFunctions) {
	return await recentRecords(context, ({ assignee }) =>
		assignee?.id ? [entryOf(assignee.id, assignee.name)] : [],
	);
}
