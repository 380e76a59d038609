import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { Operation } from '../runtime/operation';
import { listRequest } from '../transport/pages';
import { fetchList } from '../transport/pagination';
import type { SahutClient } from '../transport/types';
import { collection, listOptions, returnAllAndLimit } from './fields';

/** Fetches at most `limit` records that match the query. */
type FetchRecords = (
	sahut: SahutClient,
	query: IDataObject,
	limit: number,
	onTotal: (total: number) => void,
) => Promise<Array<{ id: string }>>;

/**
 * Returns the List operation of a resource, with one output item per record.
 *
 * @param records the name of the resource in the API's paths, e.g. `contacts`
 * @param filters the entries of the Filters collection
 * @param filterNames name of a query parameter of the API → name of its field
 * @param fetchRecords by default, fetches the list with the query
 */
export function listOperation(
	records: 'contacts' | 'conversations',
	description: string,
	filters: INodeProperties[],
	filterNames: Record<string, string>,
	fetchRecords: FetchRecords = (sahut, query, limit, onTotal) =>
		fetchList(sahut, listRequest(records, query), limit, onTotal),
): Operation<{ query: IDataObject; limit: number }> {
	return {
		value: 'list',
		name: 'List',
		action: `List ${records}`,
		description,
		pastParticiple: 'read',
		readsOnly: true,
		fields: [...returnAllAndLimit, collection('filters', filters), listOptions(records)],
		read: (params) => ({ query: params.entries('filters', filterNames), limit: params.limit() }),
		async run({ query, limit }, sahut) {
			let total: number | undefined;
			const matches = await fetchRecords(sahut, query, limit, (count) => (total = count));
			sahut.countListed(records, matches.length, total);
			return matches.map((record) => ({ json: record }));
		},
	};
}
