import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { NOBODY } from '../resources/conversation/conversationFields';
import { recentAgents, recentChannels } from './recentRecords';

type Options = Promise<INodePropertyOptions[]>;

/**
 * The entry of a dropdown for a field that was added and of which nothing was chosen, which counts as
 * not given. Without such an entry, the editor frames the field in red.
 */
const unchosen = (name: string) => ({ name, value: '' });

/** The channels to choose some of, e.g. "WhatsApp Utama · whatsapp". */
export async function getChannels(this: ILoadOptionsFunctions): Options {
	return await recentChannels(this);
}

/** Whose conversations can be listed. */
export async function getAnyChannel(this: ILoadOptionsFunctions): Options {
	return [unchosen('Any Channel'), ...(await recentChannels(this))];
}

/** Who a new conversation can be assigned to. */
export async function getAgents(this: ILoadOptionsFunctions): Options {
	return [unchosen('Leave to Sahut'), ...(await recentAgents(this))];
}

/** Who a conversation can be assigned to from now on. */
export async function getNewAssignees(this: ILoadOptionsFunctions): Options {
	const nobody = { name: 'Nobody', value: NOBODY };
	return [unchosen('Leave as It Is'), nobody, ...(await recentAgents(this))];
}

/** Whose conversations can be listed. */
export async function getAssignees(this: ILoadOptionsFunctions): Options {
	const nobody = { name: 'Unassigned', value: NOBODY };
	return [unchosen('Anyone or Nobody'), nobody, ...(await recentAgents(this))];
}
