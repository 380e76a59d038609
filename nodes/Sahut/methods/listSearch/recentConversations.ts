import type { ILoadOptionsFunctions } from 'n8n-workflow';

import { connect } from '../../transport/client';
import { fetchList } from '../../transport/pagination';
import type { Conversation } from '../../transport/types';

/** How far back channels and agents are looked for: five pages. */
const MAX_CONVERSATIONS = 500;

/** Something that conversations name, with what a person calls it. */
export interface Named {
	id: string;
	name: string;
}

/** Each once, in alphabetical order. */
function distinct(found: Named[]): Named[] {
	const byId = new Map(found.map((each) => [each.id, each]));
	return [...byId.values()].sort((a, b) => a.name.localeCompare(b.name));
}

async function recentConversations(context: ILoadOptionsFunctions): Promise<Conversation[]> {
	return await fetchList<Conversation>(
		await connect(context),
		{ path: ['conversations'], wording: { subject: 'list of conversations' } },
		MAX_CONVERSATIONS,
	);
}

/** The channels of recent conversations, e.g. "WhatsApp Utama · whatsapp": the API has no list of them. */
export async function recentChannels(context: ILoadOptionsFunctions): Promise<Named[]> {
	const conversations = await recentConversations(context);
	return distinct(
		conversations.flatMap(({ channel }) =>
			channel?.id
				? {
						id: channel.id,
						name: [channel.name, channel.type].filter(Boolean).join(' · ') || channel.id,
					}
				: [],
		),
	);
}

/** The agents of recent conversations: the API has no list of them. */
export async function recentAgents(context: ILoadOptionsFunctions): Promise<Named[]> {
	const conversations = await recentConversations(context);
	return distinct(
		conversations.flatMap(({ assignee }) =>
			assignee?.id ? { id: assignee.id, name: assignee.name ?? assignee.id } : [],
		),
	);
}
