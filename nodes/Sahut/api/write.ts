import type { IDataObject } from 'n8n-workflow';

import type { RecentWrite, RecentWrites } from '../processCache/recentWrites';
import { mayHaveBeenProcessed } from '../transport/errors';
import type { SahutRequest, Wording } from '../transport/types';
import type { ItemClient, WriteSearch } from './itemClient';
import { pollForLostWrite } from './lostWrites';

/** A POST, PUT or PATCH, how to record it, and how to find its record. */
export interface Write<T> {
	/** Identifies the write within the item: method and target. Not the body: it may differ on each try. */
	key: string;
	request: Omit<SahutRequest, 'body' | 'expects'>;
	/** Returns the body; called each time the rate-limit gate admits the request. */
	body(): IDataObject;
	/** Returns data that the ledger stores beside the body. */
	context?(body: IDataObject): IDataObject;
	/** How errors describe the write. */
	wording: Wording;
	/** The memory of this process in which the write is recorded, under `memoryKeys`. */
	memory: RecentWrites;
	memoryKeys(body: IDataObject): number[];
	/**
	 * Searches Sahut for the record after a lost response, or in a *Retry*.
	 *
	 * @param body the body that was sent
	 */
	find(body: IDataObject, search: WriteSearch): Promise<T | undefined>;
	/**
	 * Fetches a record that this process remembers; returns undefined if this write cannot have created it.
	 */
	readById?(id: string, body: IDataObject, search: WriteSearch): Promise<T | undefined>;
	/** Called with the record in Sahut's response, to update further caches. */
	onResponse?(record: T, body: IDataObject): void;
}

/**
 * Returns when a record was created or changed, by this machine's clock, in milliseconds since the epoch.
 */
function getWriteTime({ created_at }: IDataObject, isChange: boolean, sahut: ItemClient): number {
	const aheadMs = sahut.serverNow() - sahut.now();
	const createdAt = isChange ? NaN : Date.parse(String(created_at)) - aheadMs;
	return Number.isNaN(createdAt) ? sahut.now() : createdAt;
}

/** Returns the remembered writes with these keys since a time, in milliseconds since the epoch. */
export function findRememberedWrites(
	memory: RecentWrites,
	keys: number[],
	since: number,
): RecentWrite[] {
	return keys.flatMap((key) => memory.find(key, since));
}

/**
 * Carries out a write once per item, and records it in the ledger and in the process cache. All writes of
 * operations call this function.
 *
 * @returns Sahut's record
 * @throws NodeApiError as `SahutClient.request` does; UnknownOutcomeError as `ItemLedger.once` does
 */
export async function write<T extends IDataObject>(
	{
		key,
		request,
		body,
		context,
		wording,
		memory,
		memoryKeys,
		find,
		readById,
		onResponse,
	}: Write<T>,
	sahut: ItemClient,
): Promise<T> {
	const { address } = sahut.cache;
	const isChange = request.method !== 'POST';

	/** Finds the record that an earlier try has written, if the ledger lacks it. */
	async function findUnrecorded(sent: IDataObject, search: WriteSearch): Promise<T | undefined> {
		const writes = findRememberedWrites(memory, memoryKeys(sent), search.sentAt);
		// Oldest first: if several items have made the same write, they find their records in item order.
		for (const { id } of readById ? writes.toReversed() : []) {
			if (id === undefined || search.isFromKnownWrite(id)) continue;
			const found = await readById?.(id, sent, search);
			if (found) return found;
		}
		return await pollForLostWrite(sahut, writes, async () => await find(sent, search));
	}

	return await sahut.once<T>(key, {
		wording,
		...(isChange && { changedId: request.path.at(-1) }),
		async find(search, begin) {
			const isLost = search.kind === 'lostResponse';
			const sent = isLost ? search.body : body();
			const found = await (isLost ? find(sent, search) : findUnrecorded(sent, search));
			if (!found) return undefined;
			if (!isLost) begin(sent, context?.(sent) ?? {});
			const at = getWriteTime(found, isChange, sahut);
			for (const each of memoryKeys(sent)) memory.recordFound(address, each, String(found.id), at);
			return found;
		},
		async run(begin) {
			let sent: IDataObject = {};
			/** Memory key → number of the recorded write. */
			const recorded = new Map<number, number>();
			const dropRecorded = () => {
				recorded.forEach((number) => memory.drop(number));
				recorded.clear();
			};
			const recordAndGetBody = () => {
				sent = body();
				begin(sent, context?.(sent) ?? {});
				const keys = memoryKeys(sent);
				// After a 429, the request is sent again, possibly with another body.
				if (!keys.every((each) => recorded.has(each))) dropRecorded();
				for (const each of keys) {
					const number = recorded.get(each);
					if (number === undefined) recorded.set(each, memory.begin(address, each, sahut.now()));
					else memory.recordRepeat(number, sahut.now());
				}
				return sent;
			};
			const fullRequest: SahutRequest = { ...request, body: recordAndGetBody, expects: 'record' };
			const { data } = await sahut.request<T>(fullRequest, wording).catch((error: unknown) => {
				if (!mayHaveBeenProcessed(error)) dropRecorded();
				throw error;
			});
			// A response to a change may lack the ID.
			const record = data.id || !isChange ? data : { ...data, id: request.path.at(-1) };
			const at = getWriteTime(record, isChange, sahut);
			for (const each of memoryKeys(sent))
				memory.confirm(recorded.get(each)!, String(record.id), at);
			onResponse?.(record, sent);
			return record;
		},
	});
}
