import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { recentChannels } from '../recentRecords';

/** The channels for the locator, e.g. "WhatsApp Utama · whatsapp". */
export async function searchChannels(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const wanted = filter.trim().toLowerCase();
	const channels = await recentChannels(this);
	return { results: channels.filter(({ name }) => name.toLowerCase().includes(wanted)) };
}
