import type { IDataObject } from 'n8n-workflow';

import type { BeginWrite, ItemLedger, PastStep, Step } from '../api/itemClient';
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

/** The number of items of an execution that go to Test Number. */
const MAX_TEST_ITEMS = 3;

/**
 * Opens the ledger of a run of the node. The ledger records this execution's decisions and writes, so that
 * a node that runs again does not repeat a write.
 *
 * @param store `getContext('node')`
 * @param shared `getContext('flow')`
 */
export function openLedger(store: LedgerStore, shared: SharedStore, run: LedgerRun, clock: Clock) {
	const entries = openEntries(store, shared, run, clock);
	const tryStartedAt = clock.now();
	/** The IDs of the records that this try has created. */
	const createdIds = new Set<string>();

	/**
	 * Returns the ledger of one item.
	 *
	 * @param pause waits without occupying a slot
	 * @param log writes a line into n8n's log
	 */
	function forItem(
		item: number,
		pause: (ms: number) => Promise<void>,
		log: (message: string) => void,
	): ItemLedger {
		function past(key: string): PastStep {
			const { isFromKnownWrite, openedAt } = entries;
			const entry = entries.get(item, key);
			if (!entry && !run.isRetry) return { kind: 'none' };
			if (!entry) return { kind: 'retryWithoutLedger', sentAt: openedAt, isFromKnownWrite };
			const { record, sentAt = openedAt, body = {}, context = {} } = entry;
			if (record) return { kind: 'done', record, context, sentAt: entry.sentAt };
			return { kind: 'lostResponse', sentAt, body, context, isFromKnownWrite };
		}

		const beginAt = (key: string, sentAt: number, body: IDataObject, context: IDataObject) =>
			entries.begin(item, key, { sentAt, body, context });

		/** Finds the record that an earlier try has written. @throws UnknownOutcomeError */
		async function findRecordOfEarlierTry<T>(key: string, step: Step<T>): Promise<T | undefined> {
			const { find, changedId, wording } = step;
			const search = past(key);
			const begin: BeginWrite = (...sent) => beginAt(key, entries.openedAt, ...sent);
			// Repeating a change creates no second record.
			const isChange = changedId !== undefined;
			if (search.kind === 'retryWithoutLedger' && !isChange) {
				log('searches for the record of a write that an earlier try may have sent');
				return await find?.(search, begin);
			}
			if (search.kind !== 'lostResponse') return undefined;
			log('searches for the record of a write whose response was lost in an earlier try');
			const found = await find?.(search, begin).catch(() => undefined);
			if (found !== undefined || isChange) return found;
			const advice =
				'An earlier try of this execution sent the request, but received no response. Check in Sahut whether it was carried out. If it was not, run the workflow again for this item.';
			throw new UnknownOutcomeError(
				`The outcome of an earlier request to ${wording?.action} is unknown`,
				{ description: [advice, wording?.note].filter(Boolean).join(' ') },
			);
		}

		/** Carries out a step. If the response to its write is lost, searches for the record. */
		async function carryOut<T>(key: string, step: Step<T>): Promise<T> {
			let hasBegun = false;
			const begin: BeginWrite = (...sent) => {
				if (!hasBegun && step.changedId !== undefined)
					entries.deleteLaterChanges(item, step.changedId);
				hasBegun = true;
				beginAt(key, clock.now(), ...sent);
			};
			return await step.run(begin).catch(async (error: unknown) => {
				const mayBeWritten = hasBegun && mayHaveBeenProcessed(error);
				if (hasBegun && !mayBeWritten) entries.delete(item, key);
				const search = past(key);
				if (!mayBeWritten || search.kind !== 'lostResponse') throw error;
				entries.indexLostWrite(item, key);
				log('searches for the record of a write whose response was lost');
				const find = async () => await step.find?.(search, begin);
				const polling = poll({ now: () => clock.now(), pause }, clock.now(), OWN_WRITE_MS, find);
				// If the search fails, or the execution is canceled, the error of the write is thrown.
				const found = await polling.catch(() => undefined);
				if (found === undefined) throw error;
				return found;
			});
		}

		return {
			tryStartedAt,
			isCreatedInThisTry: (id) => createdIds.has(id),
			past,
			latestInRun: entries.latest,
			async once<T extends IDataObject>(
				key: string,
				step: Step<T>,
				stillValid: (result: T) => boolean = () => true,
			): Promise<T> {
				const earlier = past(key);
				if (earlier.kind === 'done' && stillValid(earlier.record as T)) return earlier.record as T;
				const found = await findRecordOfEarlierTry(key, step);
				const result = found ?? (await carryOut(key, step));
				if (!found && isCreation(key)) createdIds.add(String(result.id));
				entries.record(item, key, result);
				return result;
			},
		};
	}

	return {
		forItem,
		takeTestItem: (item: number) => entries.takeTestItem(item, MAX_TEST_ITEMS),
		close: entries.close,
	};
}
