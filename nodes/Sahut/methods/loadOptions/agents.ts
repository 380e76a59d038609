import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { recentAgents } from '../listSearch/recentConversations';
import { NOBODY } from '../../resources/conversation/conversationFields';
import { unchosen } from './unchosen';

async function agentOptions(context: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const agents = await recentAgents(context);
	return agents.map(({ id, name }) => ({ name, value: id }));
}

/** Who a new conversation can be assigned to. */
export async function getAgents(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return [unchosen('Leave to Sahut'), ...(await agentOptions(this))];
}

/** Who a conversation can be assigned to from now on. */
export async function getNewAssignees(
	this: ILoadOptionsFunctions,
): Promise<INodePropertyOptions[]> {
	return [
		unchosen('Leave as It Is'),
		{ name: 'Nobody', value: NOBODY },
		...(await agentOptions(this)),
	];
}

/** Whose conversations can be listed. */
export async function getAssignees(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return [
		unchosen('Anyone or Nobody'),
		{ name: 'Unassigned', value: NOBODY },
		...(await agentOptions(this)),
	];
}
