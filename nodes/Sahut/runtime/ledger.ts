import type { IDataObject } from 'n8n-workflow';

import { awaitLostWrite, OWN_WRITE_MS } from '../api/awaitLostWrite';
import type { ItemLedger, Past, Step } from '../api/itemClient';
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
	const runStartedAt = clock.now();
	/** The IDs of records that this run has created. */
	const created = new Set<string>();

	function past(item: number, key: string): Past {
		const { isAccountedFor, openedAt } = entries;
		const entry = entries.get(item, key);
		if (!entry) {
			return run.isRetry
				? { kind: 'retryWithoutLedger', sentAt: openedAt, isAccountedFor }
				: { kind: 'none' };
		}
		const { record, sentAt, body = {}, context = {} } = entry;
		if (record) return { kind: 'done', record, context, sentAt };
		return { kind: 'lostResponse', sentAt: sentAt!, body, context, isAccountedFor };
	}

	/** Finds what an earlier try has written. */
	async function findEarlier<T>(
		item: number,
		key: string,
		{ find, changes, wording }: Step<T>,
	): Promise<T | undefined> {
		const search = past(item, key);
		const begin = (body: IDataObject, context: IDataObject) =>
			entries.begin(item, key, { sentAt: entries.openedAt, body, context });
		// Changing a record again creates no second one.
		const isChange = changes !== undefined;
		if (search.kind === 'retryWithoutLedger')
			return isChange ? undefined : await find?.(search, begin);
		if (search.kind !== 'lostResponse') return undefined;
		const found = await find?.(search, begin).catch(() => undefined);
		if (found !== undefined || isChange) return found;
		const advice =
			'This execution has sent it before, but received no response. Check in Sahut whether it is there; if not, run the workflow again for this item.';
		throw new UnknownOutcomeError(
			`It is not known whether ${wording?.subject} received this in an earlier try`,
			{ description: [advice, wording?.note].filter(Boolean).join(' ') },
		);
	}

	async function take<T>(
		item: number,
		key: string,
		step: Step<T>,
		pause: (ms: number) => Promise<void>,
	): Promise<T> {
		let hasBegun = false;
		const begin = (body: IDataObject, context: IDataObject) => {
			if (!hasBegun && step.changes !== undefined) entries.forgetLaterItems(item, step.changes);
			hasBegun = true;
			entries.begin(item, key, { sentAt: clock.now(), body, context });
		};
		try {
			return await step.run(begin);
		} catch (error) {
			const mayExist = hasBegun && mayHaveBeenProcessed(error);
			if (hasBegun && !mayExist) entries.drop(item, key);
			const search = past(item, key);
			if (!mayExist || search.kind !== 'lostResponse') throw error;
			const look = async () => await step.find?.(search, begin);
			const waiter = { now: () => clock.now(), pause };
			const finding = awaitLostWrite(waiter, clock.now(), OWN_WRITE_MS, look);
			// If it cannot be searched, or the execution is canceled, the first error stands.
			const found = await finding.catch(() => undefined);
			if (found === undefined) throw error;
			return found;
		}
	}

	return {
		/**
		 * The ledger of one item.
		 *
		 * @param pause waits without occupying a slot
		 */
		forItem: (item: number, pause: (ms: number) => Promise<void>): ItemLedger => ({
			runStartedAt,
			isNew: (id) => created.has(id),
			past: (key) => past(item, key),
			ofRun: (key) => entries.latest(key),
			async once<T extends IDataObject>(
				key: string,
				step: Step<T>,
				stillValid: (result: T) => boolean = () => true,
			): Promise<T> {
				const before = past(item, key);
				if (before.kind === 'done' && stillValid(before.record as T)) return before.record as T;
				const found = await findEarlier(item, key, step);
				const result = found ?? (await take(item, key, step, pause));
				if (!found && isCreation(key)) created.add(String(result.id));
				entries.record(item, key, result);
				return result;
			},
		}),
		/** Ends the run: forgets everything, or keeps it for another try. */
		close: entries.close,
	};
}
