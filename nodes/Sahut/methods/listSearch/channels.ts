import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { listRecentChannels } from '../recentRecords';

/** Searches channels for the locator, e.g. "WhatsApp Utama · whatsapp". */
export async function searchChannels(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const searchText = filter.trim().toLowerCase();
	const channels = await listRecentChannels(this);
	return { results: channels.filter(({ name }) => name.toLowerCase().includes(searchText)) };
}
