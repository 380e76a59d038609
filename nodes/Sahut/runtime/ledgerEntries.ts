import type { IDataObject } from 'n8n-workflow';

import type { Clock } from '../transport/clock';

/** The recorded facts about a step; a write has no record until Sahut has responded. */
export interface Entry {
	/** The record that Sahut returned, or the result of a decision. */
	record?: IDataObject;
	/** When the request was sent, in milliseconds since the epoch. */
	sentAt?: number;
	/** The body that was sent; removed once there is a record. */
	body?: IDataObject;
	/** The context that the write stored beside its body. */
	context?: IDataObject;
}

/** The ledger as n8n stores it with the execution: never rename a property. */
interface StoredLedger {
	runIndex: number;
	/** The input of an AI agent's call, once that call has failed. */
	failedCall?: string;
	/** The earliest possible time of a write, in milliseconds since the epoch. */
	openedAt: number;
	entries: Record<string, Entry>;
}

/** The part of the execution's data that contains the ledger: `getContext('node')`. */
export interface LedgerStore {
	sent?: StoredLedger;
	/** The items that went to Test Number, as run index and item index: `0:2`. Kept for all rounds of a loop. */
	tested?: string[];
}

/** The part of the execution's data that all nodes of the workflow share: `getContext('flow')`. */
export interface SharedStore {
	/** The IDs of all records that Sahut has created for the nodes of this package. */
	sahutMade?: string[];
}

/** The run of the node for which the ledger is opened. */
export interface LedgerRun {
	/** From 0; in a loop, a node runs several times. */
	runIndex: number;
	/** Whether the execution is a *Retry* of one that failed. */
	isRetry: boolean;
	/** When the execution or, for a *Retry*, the first one began, in milliseconds since the epoch. */
	startedAt?: number;
	/** The input of an AI agent's call; undefined if the node is not used as a tool. */
	toolCall?: string;
}

/** Whether a step creates a record; other steps are changes and decisions. */
export const isCreation = (step: string) => step.startsWith('POST ');

/** Splits a key into the index of its item and its step. */
function parseKey(key: string): [item: number, step: string] {
	const space = key.indexOf(' ');
	return [Number(key.slice(0, space)), key.slice(space + 1)];
}

/**
 * Opens the entries of the ledger in the node's context. n8n preserves them for Retry On Fail and *Retry*,
 * which both run the node again for all items. A new execution, and a new round of a loop, starts without
 * entries. The key of an entry is the index of the item, a space, and the step.
 */
export function openEntries(
	store: LedgerStore,
	shared: SharedStore,
	{ runIndex, toolCall, isRetry, startedAt }: LedgerRun,
	clock: Clock,
) {
	// If an AI agent repeats a failed call, n8n counts this as another run.
	const isRepeatedCall = toolCall !== undefined && store.sent?.failedCall === toolCall;
	if (store.sent?.runIndex !== runIndex && !isRepeatedCall) {
		store.sent = { runIndex, openedAt: (isRetry && startedAt) || clock.now(), entries: {} };
	}
	const opened = store.sent!;
	const { openedAt, entries } = opened;
	const createdIds = (shared.sahutMade ??= []);
	/** The same IDs as a set, built on first use: most runs never need it. */
	let createdIdSet: Set<string> | undefined;
	/** Step → its latest result or lost write, of any item. */
	const latest = new Map<string, Entry>();
	/** Record ID → keys of its changes and of decisions about it, and the last item among them. */
	const changes = new Map<string, { keys: Set<string>; lastItem: number }>();
	for (const [key, entry] of Object.entries(entries)) index(key, entry);

	function index(key: string, entry: Entry): void {
		const [item, step] = parseKey(key);
		latest.set(step, entry);
		const id = entry.record?.id;
		if (id === undefined || isCreation(step)) return;
		const { keys, lastItem } = changes.get(String(id)) ?? { keys: new Set<string>(), lastItem: -1 };
		changes.set(String(id), { keys: keys.add(key), lastItem: Math.max(lastItem, item) });
	}

	return {
		/** The earliest possible time of a write, in milliseconds since the epoch. */
		openedAt,

		/** Whether an item is one of the first `most` of the execution for which this was asked. */
		takeTestItem(item: number, most: number): boolean {
			const tested = (store.tested ??= []);
			const key = `${runIndex}:${item}`;
			if (!tested.includes(key) && tested.length < most) tested.push(key);
			return tested.includes(key);
		},

		get: (item: number, step: string): Entry | undefined => entries[`${item} ${step}`],

		/** Returns the latest result or lost write of any item for a step. */
		latest: (step: string) => latest.get(step),

		/** Records that a request is about to be sent. */
		begin(item: number, step: string, request: Required<Omit<Entry, 'record'>>) {
			entries[`${item} ${step}`] = request;
		},

		/** Records the result of a step: Sahut's record, or a decision. */
		record(item: number, step: string, record: IDataObject) {
			const key = `${item} ${step}`;
			const { sentAt, context } = entries[key] ?? {};
			entries[key] = { record, sentAt, context };
			index(key, entries[key]);
			if (!isCreation(step)) return;
			createdIds.push(String(record.id));
			createdIdSet?.add(String(record.id));
		},

		/** Indexes a request that may have been carried out, so that `latest` returns it. */
		indexLostWrite: (item: number, step: string) =>
			index(`${item} ${step}`, entries[`${item} ${step}`]!),

		/** Deletes the entry of a request that was not carried out. */
		delete(item: number, step: string) {
			delete entries[`${item} ${step}`];
		},

		/**
		 * Deletes the entries of later items that changed the same record. Repeating an earlier change would
		 * undo the later ones, so these are repeated after it.
		 */
		deleteLaterChanges(item: number, recordId: string) {
			const { keys = new Set<string>(), lastItem = -1 } = changes.get(recordId) ?? {};
			// The usual case: items are processed in input order.
			if (lastItem <= item) return;
			for (const key of keys) {
				if (parseKey(key)[0] <= item) continue;
				delete entries[key];
				keys.delete(key);
			}
			changes.set(recordId, { keys, lastItem: item });
		},

		/** Whether a record belongs to a write that is known to have succeeded. */
		isFromKnownWrite(id: string) {
			createdIdSet ??= new Set(createdIds);
			return createdIdSet.has(id);
		},

		/** Ends the try. Deletes the ledger if all items have succeeded; otherwise the next try reads it. */
		close(hasSucceeded: boolean) {
			if (!hasSucceeded) opened.failedCall = toolCall;
			// Another run may have begun in the meantime, e.g. if an AI agent makes two calls at once.
			else if (store.sent === opened) delete store.sent;
		},
	};
}
