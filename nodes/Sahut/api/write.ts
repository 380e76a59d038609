import type { IDataObject } from 'n8n-workflow';

import type { RecentWrite, RecentWrites } from '../processCache/recentWrites';
import { mayHaveBeenProcessed } from '../transport/errors';
import type { SahutRequest, Wording } from '../transport/types';
import type { ItemClient, WriteSearch } from './itemClient';
import { pollForLostWrite } from './lostWrites';

/** A POST, PUT or PATCH, how to record it, and how to find its record. */
export interface Write<T> {
	/** Identifies the write within the item: method and target, not the body, which may differ on each try. */
	key: string;
	request: Omit<SahutRequest, 'body' | 'expects'>;
	/** Returns the body; called each time the rate-limit gate admits the request. */
	body(): IDataObject;
	/** Returns what the ledger stores beside the body. */
	context?(body: IDataObject): IDataObject;
	wording: Wording;
	/** Where this process remembers the write; `memoryKeys` are its keys there. */
	memory: RecentWrites;
	memoryKeys(body: IDataObject): number[];
	/** Searches Sahut for the record after a lost response, or in a retry. @param body what was sent */
	find(body: IDataObject, search: WriteSearch): Promise<T | undefined>;
	/** Reads a record that this process remembers, and returns it if the write may have made it. */
	read?(id: string, body: IDataObject, search: WriteSearch): Promise<T | undefined>;
	/** Records what the response shows besides the write. */
	learn?(record: T, body: IDataObject): void;
}

/** Returns when a record was created or changed, by this machine's clock. */
function writtenAt({ created_at }: IDataObject, isChange: boolean, sahut: ItemClient): number {
	const aheadMs = sahut.serverNow() - sahut.now();
	const createdAt = isChange ? NaN : Date.parse(String(created_at)) - aheadMs;
	return Number.isNaN(createdAt) ? sahut.now() : createdAt;
}

/** Returns the remembered writes with these keys since a time, by this machine's clock. */
export function findRememberedWrites(
	memory: RecentWrites,
	keys: number[],
	since: number,
): RecentWrite[] {
	return keys.flatMap((key) => memory.find(key, since));
}

/**
 * Carries out a write once per item, and records it in the process cache. All writes of operations go
 * through this function.
 *
 * @throws NodeApiError as `SahutClient.request` does; UnknownOutcomeError as `ItemLedger.once` does
 */
export async function write<T extends IDataObject>(
	{ key, request, body, context, wording, memory, memoryKeys, find, read, learn }: Write<T>,
	sahut: ItemClient,
): Promise<T> {
	const { address } = sahut.cache;
	const isChange = request.method !== 'POST';

	/** Finds the record of an earlier try that the ledger lacks. */
	async function findUnrecorded(sent: IDataObject, search: WriteSearch): Promise<T | undefined> {
		const writes = findRememberedWrites(memory, memoryKeys(sent), search.sentAt);
		// Oldest first: items that write several of a kind find theirs in their order.
		for (const { id } of read ? writes.toReversed() : []) {
			if (id === undefined || search.isFromKnownWrite(id)) continue;
			const found = await read?.(id, sent, search);
			if (found) return found;
		}
		return await pollForLostWrite(sahut, writes, async () => await find(sent, search));
	}

	return await sahut.once<T>(key, {
		wording,
		...(isChange && { changes: request.path.at(-1) }),
		async find(search, begin) {
			const isLost = search.kind === 'lostResponse';
			const sent = isLost ? search.body : body();
			const found = await (isLost ? find(sent, search) : findUnrecorded(sent, search));
			if (!found) return undefined;
			if (!isLost) begin(sent, context?.(sent) ?? {});
			const at = writtenAt(found, isChange, sahut);
			for (const each of memoryKeys(sent)) memory.recordFound(address, each, String(found.id), at);
			return found;
		},
		async run(begin) {
			let sent: IDataObject = {};
			const begun = new Map<number, number>();
			const drop = () => {
				begun.forEach((write) => memory.drop(write));
				begun.clear();
			};
			const atTheGate = () => {
				sent = body();
				begin(sent, context?.(sent) ?? {});
				const keys = memoryKeys(sent);
				// A request that the rate limit refused goes out again, possibly with another body.
				if (!keys.every((each) => begun.has(each))) drop();
				for (const each of keys) {
					const write = begun.get(each);
					if (write === undefined) begun.set(each, memory.begin(address, each, sahut.now()));
					else memory.recordRepeat(write, sahut.now());
				}
				return sent;
			};
			const http: SahutRequest = { ...request, body: atTheGate, expects: 'record' };
			const { data } = await sahut.request<T>(http, wording).catch((error: unknown) => {
				if (!mayHaveBeenProcessed(error)) drop();
				throw error;
			});
			// A response to a change may lack the ID.
			const record = data.id || !isChange ? data : { ...data, id: request.path.at(-1) };
			const at = writtenAt(record, isChange, sahut);
			for (const each of memoryKeys(sent)) memory.confirm(begun.get(each)!, String(record.id), at);
			learn?.(record, sent);
			return record;
		},
	});
}
