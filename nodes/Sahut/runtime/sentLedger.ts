import type { IDataObject } from 'n8n-workflow';

import type { Envelope, SahutClient, SahutRequest, Share, WriteTrace } from '../transport/types';
import type { Clock } from '../transport/clock';
import { mayHaveArrived, UnknownFateError } from '../transport/errors';

import type { Sahut } from './operation';

/**
 * What is known of a write: the record that Sahut made of it or, until Sahut has answered, what was
 * sent and when (milliseconds since the epoch).
 */
type Entry = { record: IDataObject } | { sentAt: number; body: IDataObject };

interface StoredLedger {
	runIndex: number;
	/** What an AI agent called the node with. */
	call?: string;
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

/** What this execution has already written, so that a node that runs again writes nothing twice. */
export interface SentLedger {
	/** A client for one item: its writes and decisions are looked up here first, and recorded. */
	forItem(
		itemIndex: number,
		sahut: SahutClient,
	): SahutClient & Pick<Sahut, 'decide' | 'earlier' | 'isJustMade' | 'wasTried'>;
	/** Forgets everything, when all items have succeeded. */
	clear(): void;
}

/** An item writes once to one target, whatever it says: an expression may hold the time. */
function keyOf(itemIndex: number, { method, path, target = '' }: SahutRequest): string {
	return `${itemIndex} ${method} /${path.join('/')} ${target}`.trimEnd();
}

const itemOf = (key: string) => Number.parseInt(key, 10);

/** Whether a record was made under this key, and not changed or decided on. */
const isCreation = (key: string) => /^\d+ POST /.test(key);

/**
 * Opens the ledger of a run of the node. n8n keeps the node's context through Retry On Fail and
 * through *Retry* on a failed execution, both of which run the node again over all items; a new
 * execution starts with an empty one. Entries of earlier runs of the node (in a loop) are dropped.
 *
 * @param store `getContext('node')`
 * @param shared `getContext('flow')`
 */
export function openLedger(
	store: LedgerStore,
	shared: SharedStore,
	{ runIndex, call, isRetry, startedAt, share }: LedgerRun,
	clock: Clock,
): SentLedger {
	// Each try of a call by an AI agent is a run of its own.
	const isAnotherTry = call !== undefined && store.sent?.call === call;
	if (store.sent?.runIndex !== runIndex && !isAnotherTry) {
		store.sent = { runIndex, call, openedAt: (isRetry && startedAt) || clock.now(), entries: {} };
	}
	const opened = store.sent!;
	const { openedAt, entries } = opened;
	const made = (shared.sahutMade ??= []);
	/** As a set, for the first that asks: a loop has many rounds, of which hardly any does. */
	let accountedFor: Set<string> | undefined;
	/** IDs of what was made since the ledger was opened. */
	const madeNow = new Set<unknown>();
	/** ID of a record → the keys of its changes, and of decisions for it. */
	const changes = new Map<unknown, Set<string>>();
	for (const [key, entry] of Object.entries(entries)) {
		if ('record' in entry) indexChange(key, entry.record);
	}

	/** Whether a record belongs to one of the writes that are known to have succeeded. */
	function isAccountedFor(id: string): boolean {
		accountedFor ??= new Set(made);
		return accountedFor.has(id);
	}

	function indexChange(key: string, { id }: IDataObject): void {
		if (id === undefined || isCreation(key)) return;
		const keys = changes.get(id) ?? new Set();
		changes.set(id, keys.add(key));
	}

	function record(key: string, what: IDataObject): void {
		entries[key] = { record: what };
		indexChange(key, what);
		if (!isCreation(key)) return;
		const id = String(what.id);
		made.push(id);
		accountedFor?.add(id);
	}

	async function findWritten(
		request: SahutRequest,
		sahut: SahutClient,
		attempt: Pick<WriteTrace, 'sentAt' | 'body'>,
	): Promise<IDataObject | undefined> {
		return await request.findWritten?.(sahut, { ...attempt, isAccountedFor });
	}

	/** The traces of what was written before this run, by another try. */
	function earlier(body: IDataObject): WriteTrace {
		return { sentAt: openedAt, body, isAccountedFor, share };
	}

	/**
	 * What was written before this retry, and only Sahut's own record can tell: by another retry, since
	 * n8n lets people retry an execution several times, each time from the same data; or by the
	 * execution itself, if its process died before n8n had stored the ledger.
	 */
	async function findFromEarlier(
		request: SahutRequest,
		sahut: SahutClient,
	): Promise<IDataObject | undefined> {
		if (!isRetry || request.method !== 'POST' || madeNow.has(request.parentId)) return undefined;
		return await request.findWritten?.(sahut, earlier(request.body ?? {}));
	}

	/**
	 * A change that is made again would undo what later items have made of the same record, so these
	 * are made again too, behind it.
	 */
	function forgetLaterItems(key: string, recordId: string | undefined): void {
		for (const other of changes.get(recordId) ?? []) {
			if (itemOf(other) <= itemOf(key)) continue;
			delete entries[other];
			changes.get(recordId)?.delete(other);
		}
	}

	async function write(
		key: string,
		request: SahutRequest,
		sahut: SahutClient,
	): Promise<IDataObject> {
		const attempt = { sentAt: clock.now(), body: request.body ?? {} };
		if (request.method === 'PUT') forgetLaterItems(key, request.path.at(-1));
		entries[key] = attempt;
		const data = await sahut.request<IDataObject>(request).then(
			(answer) => answer.data,
			async (error: unknown) => {
				if (!mayHaveArrived(error)) {
					delete entries[key];
					throw error;
				}
				const written = await findWritten(request, sahut, attempt).catch(() => undefined);
				if (!written) throw error;
				return written;
			},
		);
		if (request.method === 'POST') madeNow.add(data.id);
		return data;
	}

	/** An earlier try has left the question open: looks again, and never guesses. */
	async function settle(
		key: string,
		request: SahutRequest,
		sahut: SahutClient,
		attempt: { sentAt: number; body: IDataObject },
	): Promise<IDataObject> {
		const written = await findWritten(request, sahut, attempt).catch(() => undefined);
		if (written) return written;
		// Setting the same values a second time makes no second record.
		if (request.method === 'PUT') return await write(key, request, sahut);
		throw new UnknownFateError(
			`It is not known whether ${request.subject} got this in an earlier try`,
			{
				description: [
					'Sahut was asked for it in this execution before, but its answer did not arrive. Look into Sahut: if it is not there, run the workflow anew for this item.',
					request.note,
				]
					.filter(Boolean)
					.join(' '),
			},
		);
	}

	return {
		forItem: (itemIndex, sahut) => ({
			...sahut,
			...(isRetry && { earlier }),
			isJustMade: (id) => madeNow.has(id),
			wasTried: (request) => keyOf(itemIndex, request) in entries,
			async request<T>(request: SahutRequest): Promise<Envelope<T>> {
				if (request.method === 'GET') return await sahut.request<T>(request);
				const key = keyOf(itemIndex, request);
				const entry = entries[key];
				if (entry && 'record' in entry) return { data: entry.record as T };
				const data = entry
					? await settle(key, request, sahut, entry)
					: ((await findFromEarlier(request, sahut)) ?? (await write(key, request, sahut)));
				record(key, data);
				return { data: data as T };
			},
			async decide<T extends IDataObject>(
				step: string,
				make: () => Promise<T>,
				stillHolds?: (decision: T) => Promise<boolean>,
			): Promise<T> {
				const key = `${itemIndex} ${step}`;
				const entry = entries[key];
				const recorded = entry && 'record' in entry ? (entry.record as T) : undefined;
				if (recorded && (!stillHolds || (await stillHolds(recorded)))) return recorded;
				const decision = await make();
				record(key, decision);
				return decision;
			},
		}),
		clear() {
			// Another run may have begun meanwhile, as when an AI agent calls the node twice at once.
			if (store.sent === opened) delete store.sent;
		},
	};
}
