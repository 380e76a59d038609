import type {
	ILoadOptionsFunctions,
	INodeListSearchResult,
	INodePropertyOptions,
} from 'n8n-workflow';

import { connect } from '../transport/client';
import type { TransportSettings } from '../transport/settings';
import type { SahutClient } from '../transport/types';
import { FIXED_ENTRIES } from './fixedEntries';
import { searchChannels } from './listSearch/channels';
import { searchContacts } from './listSearch/contacts';
import { searchConversations } from './listSearch/conversations';
import { listRecentAgents, listRecentChannels } from './recentRecords';

type Search = (
	sahut: SahutClient,
	filter?: string,
	paginationToken?: string,
) => Promise<INodeListSearchResult>;

type List = (sahut: SahutClient) => Promise<INodePropertyOptions[]>;

/** Creates the methods behind the searchable fields and dropdowns; n8n calls them by their names. */
export function createMethods(transport: TransportSettings) {
	const toListSearch = (search: Search) =>
		async function (this: ILoadOptionsFunctions, filter?: string, paginationToken?: string) {
			return await search(await connect(this, transport), filter, paginationToken);
		};

	const toLoadOptions = (list: List, fixedEntries: INodePropertyOptions[] = []) =>
		async function (this: ILoadOptionsFunctions) {
			return [...fixedEntries, ...(await list(await connect(this, transport)))];
		};

	return {
		listSearch: {
			searchChannels: toListSearch(searchChannels),
			searchContacts: toListSearch(searchContacts),
			searchConversations: toListSearch(searchConversations),
		},
		loadOptions: {
			/** The channels for the filter of the trigger. */
			getChannels: toLoadOptions(listRecentChannels),
			/** The channels for a filter of conversations. */
			getAnyChannel: toLoadOptions(listRecentChannels, FIXED_ENTRIES.getAnyChannel),
			/** The agents for a new conversation. */
			getAgents: toLoadOptions(listRecentAgents, FIXED_ENTRIES.getAgents),
			/** The possible assignees of an existing conversation. */
			getNewAssignees: toLoadOptions(listRecentAgents, FIXED_ENTRIES.getNewAssignees),
			/** The assignees for a filter of conversations. */
			getAssignees: toLoadOptions(listRecentAgents, FIXED_ENTRIES.getAssignees),
		},
	};
}
