import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { recentChannels } from '../listSearch/recentConversations';
import { unchosen } from './unchosen';

async function channelOptions(context: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const channels = await recentChannels(context);
	return channels.map(({ id, name }) => ({ name, value: id }));
}

/** The channels to choose some of, e.g. "WhatsApp Utama · whatsapp". */
export async function getChannels(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return await channelOptions(this);
}

/** Whose conversations can be listed. */
export async function getAnyChannel(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return [unchosen('Any Channel'), ...(await channelOptions(this))];
}
