import type { INodeListSearchResult } from 'n8n-workflow';

import type { SahutClient } from '../../transport/types';
import { listRecentChannels } from '../recentRecords';

/** Searches channels for the locator, e.g. "WhatsApp Utama · whatsapp". */
export async function searchChannels(
	sahut: SahutClient,
	filter = '',
): Promise<INodeListSearchResult> {
	const searchText = filter.trim().toLowerCase();
	const channels = await listRecentChannels(sahut);
	return { results: channels.filter(({ name }) => name.toLowerCase().includes(searchText)) };
}
