import type { IDataObject } from 'n8n-workflow';

import { mayHaveBeenProcessed } from '../transport/errors';
import type { SahutRequest, Wording } from '../transport/types';
import type { ItemClient, WriteSearch } from './itemClient';

/** A POST, PUT or PATCH, and what belongs to it beside the HTTP data. */
export interface Write<T> {
	/** Identifies it within the item: method and target, not the body, which may differ on each try. */
	key: string;
	request: Omit<SahutRequest, 'body' | 'expects'>;
	/** Called when the rate-limit gate admits the request. */
	body(): IDataObject;
	/** Stored in the ledger beside the body that was sent. */
	context?(body: IDataObject): IDataObject;
	wording: Wording;
	/** The keys under which this process remembers it. */
	memoryKeys(body: IDataObject): number[];
	/** Searches Sahut for the record after a lost response, or in a retry. @param body what was sent */
	find(body: IDataObject, search: WriteSearch): Promise<T | undefined>;
	/** Records what else the response shows. */
	learn?(record: T, body: IDataObject): void;
}

/** When a record was made or changed, by this machine's clock. */
function writtenAt({ created_at }: IDataObject, { method }: SahutRequest, sahut: ItemClient) {
	const aheadMs = sahut.serverNow() - sahut.now();
	const created = method === 'POST' ? Date.parse(String(created_at)) - aheadMs : NaN;
	return Number.isNaN(created) ? sahut.now() : created;
}

/**
 * Carries out a write once per item, and records it in the process cache. All writes go through here,
 * so that none can be forgotten.
 *
 * @throws NodeApiError as `SahutClient.request` does; UnknownOutcomeError as `ItemLedger.once` does
 */
export async function write<T extends IDataObject>(
	{ key, request, body, context, wording, memoryKeys, find, learn }: Write<T>,
	sahut: ItemClient,
): Promise<T> {
	const { recentWrites, address } = sahut.cache;
	const isChange = request.method !== 'POST';
	return await sahut.once<T>(key, {
		wording,
		...(isChange && { changes: request.path.at(-1) }),
		async find(search, begin) {
			const isLost = search.kind === 'lostResponse';
			const sent = isLost ? search.body : body();
			const found = await find(sent, search);
			if (!found) return undefined;
			if (!isLost) begin(sent, context?.(sent) ?? {});
			for (const memoryKey of memoryKeys(sent)) {
				const at = writtenAt(found, { ...request, expects: 'record' }, sahut);
				recentWrites.recordFound(address, memoryKey, String(found.id), at);
			}
			learn?.(found, sent);
			return found;
		},
		async run(begin) {
			let sent: IDataObject = {};
			let begun: number[] = [];
			const drop = () => begun.splice(0).forEach((number) => recentWrites.drop(number));
			const atTheGate = () => {
				drop();
				sent = body();
				begin(sent, context?.(sent) ?? {});
				begun = memoryKeys(sent).map((each) => recentWrites.begin(address, each, sahut.now()));
				return sent;
			};
			const http: SahutRequest = { ...request, body: atTheGate, expects: 'record' };
			try {
				const { data } = await sahut.request<T>(http, wording);
				// A response to a change may lack the ID.
				const record = data.id || !isChange ? data : { ...data, id: request.path.at(-1) };
				for (const number of begun) {
					recentWrites.confirm(number, String(record.id), writtenAt(record, http, sahut));
				}
				learn?.(record, sent);
				return record;
			} catch (error) {
				if (!mayHaveBeenProcessed(error)) drop();
				throw error;
			}
		},
	});
}
