import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { recentChannels } from '../listSearch/recentConversations';

/** The channels for a dropdown, e.g. "WhatsApp Utama · whatsapp". */
export async function getChannels(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const channels = await recentChannels(this);
	return channels.map(({ id, name }) => ({ name, value: id }));
}
