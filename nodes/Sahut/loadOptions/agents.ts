import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { recentAgents } from '../listSearch/recentConversations';

/** Stands for conversations that nobody takes care of (API reference, `GET /conversations`). */
const UNASSIGNED: INodePropertyOptions = { name: 'Unassigned', value: 'unassigned' };

async function agentOptions(context: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const agents = await recentAgents(context);
	return agents.map(({ id, name }) => ({ name, value: id }));
}

/** The agents for a dropdown. */
export async function getAgents(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return await agentOptions(this);
}

/** Whom a conversation can be assigned to, for a dropdown: an agent or nobody. */
export async function getAssignees(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return [UNASSIGNED, ...(await agentOptions(this))];
}
