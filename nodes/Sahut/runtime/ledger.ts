import type { IDataObject } from 'n8n-workflow';

import type { Begin, ItemLedger, Past, Step } from '../api/itemClient';
import { poll, OWN_WRITE_MS } from '../api/lostWrites';
import type { Clock } from '../transport/clock';
import { mayHaveBeenProcessed, UnknownOutcomeError } from '../transport/errors';
import {
	isCreation,
	openEntries,
	type LedgerRun,
	type LedgerStore,
	type SharedStore,
} from './ledgerEntries';

/**
 * Opens the ledger of a run of the node: what this execution has decided and written, so that a node that
 * runs again writes nothing twice.
 *
 * @param store `getContext('node')`
 * @param shared `getContext('flow')`
 */
export function openLedger(store: LedgerStore, shared: SharedStore, run: LedgerRun, clock: Clock) {
	const entries = openEntries(store, shared, run, clock);
	const tryStartedAt = clock.now();
	/** The IDs of records that this try has created. */
	const created = new Set<string>();

	/**
	 * The ledger of one item.
	 *
	 * @param pause waits without occupying a slot
	 */
	function forItem(item: number, pause: (ms: number) => Promise<void>): ItemLedger {
		function past(key: string): Past {
			const { isAccountedFor, openedAt } = entries;
			const entry = entries.get(item, key);
			if (!entry && !run.isRetry) return { kind: 'none' };
			if (!entry) return { kind: 'retryWithoutLedger', sentAt: openedAt, isAccountedFor };
			const { record, sentAt = openedAt, body = {}, context = {} } = entry;
			if (record) return { kind: 'done', record, context, sentAt: entry.sentAt };
			return { kind: 'lostResponse', sentAt, body, context, isAccountedFor };
		}

		const beginAt = (key: string, sentAt: number, body: IDataObject, context: IDataObject) =>
			entries.begin(item, key, { sentAt, body, context });

		/** Finds the record of a write of an earlier try. @throws UnknownOutcomeError */
		async function findEarlier<T>(key: string, step: Step<T>): Promise<T | undefined> {
			const { find, changes, wording } = step;
			const search = past(key);
			const begin: Begin = (...sent) => beginAt(key, entries.openedAt, ...sent);
			// Repeating a change creates no second record.
			const isChange = changes !== undefined;
			if (search.kind === 'retryWithoutLedger' && !isChange) return await find?.(search, begin);
			if (search.kind !== 'lostResponse') return undefined;
			const found = await find?.(search, begin).catch(() => undefined);
			if (found !== undefined || isChange) return found;
			const advice =
				'This execution has sent the request before, but received no response. Check in Sahut whether it has arrived; if not, run the workflow again for this item.';
			throw new UnknownOutcomeError(
				`It is not known whether ${wording?.subject} received this in an earlier try`,
				{ description: [advice, wording?.note].filter(Boolean).join(' ') },
			);
		}

		async function take<T>(key: string, step: Step<T>): Promise<T> {
			let hasBegun = false;
			const begin: Begin = (...sent) => {
				if (!hasBegun && step.changes !== undefined) entries.forgetLaterItems(item, step.changes);
				hasBegun = true;
				beginAt(key, clock.now(), ...sent);
			};
			return await step.run(begin).catch(async (error: unknown) => {
				const mayExist = hasBegun && mayHaveBeenProcessed(error);
				if (hasBegun && !mayExist) entries.drop(item, key);
				const search = past(key);
				if (!mayExist || search.kind !== 'lostResponse') throw error;
				entries.keepLost(item, key);
				const look = async () => await step.find?.(search, begin);
				const waiter = { now: () => clock.now(), pause };
				const finding = poll(waiter, clock.now(), OWN_WRITE_MS, look);
				// If the search fails, or the execution is canceled, the first error is thrown.
				const found = await finding.catch(() => undefined);
				if (found === undefined) throw error;
				return found;
			});
		}

		return {
			tryStartedAt,
			isCreatedInThisTry: (id) => created.has(id),
			past,
			latestInRun: entries.latest,
			async once<T extends IDataObject>(
				key: string,
				step: Step<T>,
				stillValid: (result: T) => boolean = () => true,
			): Promise<T> {
				const before = past(key);
				if (before.kind === 'done' && stillValid(before.record as T)) return before.record as T;
				const found = await findEarlier(key, step);
				const result = found ?? (await take(key, step));
				if (!found && isCreation(key)) created.add(String(result.id));
				entries.record(item, key, result);
				return result;
			},
		};
	}

	/** `close` ends the try: it deletes the ledger, or keeps it for another try. */
	return { forItem, close: entries.close };
}
