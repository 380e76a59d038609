import type { IDataObject } from 'n8n-workflow';

import type { Clock } from '../transport/clock';
import type { Share, Write } from '../transport/types';

/**
 * What is known of a write: the record that Sahut made of it or, until Sahut has answered, what was
 * sent and when (milliseconds since the epoch).
 */
export type Entry = { record: IDataObject } | { sentAt: number; body: IDataObject };

interface StoredLedger {
	runIndex: number;
	/** What an AI agent called the node with, once that call has failed. */
	failedCall?: string;
	/** No write is older, in milliseconds since the epoch. */
	openedAt: number;
	entries: Record<string, Entry>;
}

/** The part of the execution's data in which the ledger is kept. */
export interface LedgerStore {
	sent?: StoredLedger;
}

/** The part of the execution's data that all nodes of the workflow share. */
export interface SharedStore {
	/** The IDs of all that Sahut has made for the nodes of this package. */
	sahutMade?: string[];
}

/** The run of the node that the ledger is opened for. */
export interface LedgerRun {
	/** From 0; in a loop, a node runs several times. */
	runIndex: number;
	/** Whether the execution is a *Retry* of one that failed. */
	isRetry: boolean;
	/** When it began or, for a retry, the first one did, in milliseconds since the epoch. */
	startedAt?: number;
	/** What an AI agent calls the node with; undefined where the node is none of its tools. */
	call?: string;
	/** What the items of this run share. */
	share: Share;
}

/** Whether a request changes a record that is there: making it twice makes no second one. */
export function isChange({ method }: Pick<Write, 'method'>): boolean {
	return method === 'PUT' || method === 'PATCH';
}

/**
 * An item writes once to one target, whatever it says: an expression may hold the time. By which verb a
 * record is changed makes no difference.
 */
export function keyOf(itemIndex: number, write: Write): string {
	const { method, path, target = '' } = write;
	const verb = isChange(write) ? 'PUT' : method;
	return `${itemIndex} ${verb} /${path.join('/')} ${target}`.trimEnd();
}

const itemOf = (key: string) => Number.parseInt(key, 10);

/** Whether a record was made under this key, and not changed or decided on. */
const isCreation = (key: string) => /^\d+ POST /.test(key);

/** What is kept with the execution, of one run of the node. */
export interface LedgerEntries {
	/** No write is older, in milliseconds since the epoch. */
	openedAt: number;
	get(key: string): Entry | undefined;
	/** Sahut has been asked, and has not answered yet. */
	begin(key: string, attempt: { sentAt: number; body: IDataObject }): void;
	/** Sahut has answered, or something was decided. */
	record(key: string, what: IDataObject): void;
	/** Nothing was done. */
	drop(key: string): void;
	/**
	 * A change that is made again would undo what later items have made of the same record, so these
	 * are made again too, behind it.
	 */
	forgetLaterItems(key: string, recordId: string | undefined): void;
	/** Whether a record belongs to one of the writes that are known to have succeeded. */
	isAccountedFor(id: string): boolean;
	/** The run has ended: everything is forgotten, or kept for another try. */
	close(isDone: boolean): void;
}

/**
 * Opens what n8n keeps in the node's context through Retry On Fail and through *Retry* on a failed
 * execution, both of which run the node again over all items; a new execution starts with nothing.
 * Entries of earlier runs of the node (in a loop) are dropped.
 *
 * @param store `getContext('node')`
 * @param shared `getContext('flow')`
 */
export function openEntries(
	store: LedgerStore,
	shared: SharedStore,
	{ runIndex, call, isRetry, startedAt }: LedgerRun,
	clock: Clock,
): LedgerEntries {
	// Each try of a call by an AI agent is a run of its own.
	const isAnotherTry = call !== undefined && store.sent?.failedCall === call;
	if (store.sent?.runIndex !== runIndex && !isAnotherTry) {
		store.sent = { runIndex, openedAt: (isRetry && startedAt) || clock.now(), entries: {} };
	}
	const opened = store.sent!;
	const { openedAt, entries } = opened;
	const made = (shared.sahutMade ??= []);
	/** As a set, for the first that asks: a loop has many rounds, of which hardly any does. */
	let accountedFor: Set<string> | undefined;
	/** ID of a record → the keys of its changes, and of decisions for it, and the last item of these. */
	const changes = new Map<string | undefined, { keys: Set<string>; lastItem: number }>();
	for (const [key, entry] of Object.entries(entries)) {
		if ('record' in entry) indexChange(key, entry.record);
	}

	function indexChange(key: string, { id }: IDataObject): void {
		if (id === undefined || isCreation(key)) return;
		const { keys, lastItem } = changes.get(String(id)) ?? { keys: new Set<string>(), lastItem: -1 };
		changes.set(String(id), { keys: keys.add(key), lastItem: Math.max(lastItem, itemOf(key)) });
	}

	return {
		openedAt,
		get: (key) => entries[key],
		begin(key, attempt) {
			entries[key] = attempt;
		},
		record(key, what) {
			entries[key] = { record: what };
			indexChange(key, what);
			if (!isCreation(key)) return;
			const id = String(what.id);
			made.push(id);
			accountedFor?.add(id);
		},
		drop(key) {
			delete entries[key];
		},
		forgetLaterItems(key, recordId) {
			const { keys = new Set<string>(), lastItem = -1 } = changes.get(recordId) ?? {};
			// As a rule, items come in their order.
			if (lastItem <= itemOf(key)) return;
			for (const other of keys) {
				if (itemOf(other) <= itemOf(key)) continue;
				delete entries[other];
				keys.delete(other);
			}
			changes.set(recordId, { keys, lastItem: itemOf(key) });
		},
		isAccountedFor(id) {
			accountedFor ??= new Set(made);
			return accountedFor.has(id);
		},
		close(isDone) {
			if (!isDone) opened.failedCall = call;
			// Another run may have begun meanwhile, as when an AI agent calls the node twice at once.
			else if (store.sent === opened) delete store.sent;
		},
	};
}
