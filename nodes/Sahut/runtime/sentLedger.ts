import { createHash } from 'crypto';
import type { IDataObject } from 'n8n-workflow';

import type { SahutClient } from '../transport/client';
import type { Clock } from '../transport/clock';
import { mayHaveArrived, UnknownFateError } from '../transport/errors';
import type { Envelope, SahutRequest } from '../transport/types';
import type { Sahut } from './operation';

/**
 * What is known of a write: the record that Sahut made of it or, until Sahut has answered, when it
 * was sent (milliseconds since the epoch).
 */
type Entry = { record: IDataObject } | { sentAt: number };

interface StoredLedger {
	runIndex: number;
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
}

/** What this execution has already written, so that a node that runs again writes nothing twice. */
export interface SentLedger {
	/** A client for one item: its writes and decisions are looked up here first, and recorded. */
	forItem(itemIndex: number, sahut: SahutClient): SahutClient & Pick<Sahut, 'decide'>;
	/** Forgets everything, when all items have succeeded. */
	clear(): void;
}

function keyOf(itemIndex: number, what: unknown): string {
	const hash = createHash('sha256').update(JSON.stringify(what)).digest('hex');
	return `${itemIndex}:${hash.slice(0, 32)}`;
}

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
	{ runIndex, isRetry, startedAt }: LedgerRun,
	clock: Clock,
): SentLedger {
	if (store.sent?.runIndex !== runIndex) {
		store.sent = { runIndex, openedAt: (isRetry && startedAt) || clock.now(), entries: {} };
	}
	const { openedAt, entries } = store.sent;
	const made = (shared.sahutMade ??= []);
	const accountedFor = new Set<unknown>(made);
	for (const entry of Object.values(entries)) {
		if ('record' in entry) accountedFor.add(entry.record.id);
	}

	/** Whether a record belongs to one of the writes that are known to have succeeded. */
	const isAccountedFor = (id: string) => accountedFor.has(id);

	function record(key: string, what: IDataObject): void {
		entries[key] = { record: what };
		accountedFor.add(what.id);
	}

	async function findWritten(
		request: SahutRequest,
		sahut: SahutClient,
		sentAt: number,
	): Promise<IDataObject | undefined> {
		return await request.findWritten?.(sahut, { sentAt, isAccountedFor });
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
		if (!isRetry || !request.isRecognizable) return undefined;
		return await findWritten(request, sahut, openedAt);
	}

	/**
	 * A change that is made again would undo what later items have made of the same record, so these
	 * are made again too, behind it.
	 */
	function forgetLaterItems(key: string, recordId: string | undefined): void {
		for (const [other, entry] of Object.entries(entries)) {
			const isLater = Number.parseInt(other, 10) > Number.parseInt(key, 10);
			if (isLater && 'record' in entry && entry.record.id === recordId) delete entries[other];
		}
	}

	async function write(
		key: string,
		request: SahutRequest,
		sahut: SahutClient,
	): Promise<IDataObject> {
		const sentAt = clock.now();
		if (request.method === 'PUT') forgetLaterItems(key, request.path.at(-1));
		entries[key] = { sentAt };
		const result = await sahut.request<IDataObject>(request).then(
			({ data }) => ({ data }),
			(error: unknown) => ({ error }),
		);
		if ('data' in result) return result.data;
		if (mayHaveArrived(result.error)) {
			const written = await findWritten(request, sahut, sentAt).catch(() => undefined);
			if (written) return written;
		} else {
			delete entries[key];
		}
		throw result.error;
	}

	/** An earlier try has left the question open: looks again, and never guesses. */
	async function settle(
		key: string,
		request: SahutRequest,
		sahut: SahutClient,
		sentAt: number,
	): Promise<IDataObject> {
		const written = await findWritten(request, sahut, sentAt).catch(() => undefined);
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
			async request<T>(request: SahutRequest): Promise<Envelope<T>> {
				if (request.method === 'GET') return await sahut.request<T>(request);
				const { method, path, body } = request;
				const key = keyOf(itemIndex, [method, path, body]);
				const entry = entries[key];
				if (entry && 'record' in entry) return { data: entry.record as T };
				const data = entry
					? await settle(key, request, sahut, entry.sentAt)
					: ((await findFromEarlier(request, sahut)) ?? (await write(key, request, sahut)));
				record(key, data);
				if (method === 'POST') made.push(String(data.id));
				return { data: data as T };
			},
			async decide<T extends IDataObject>(step: string, make: () => Promise<T>): Promise<T> {
				const key = keyOf(itemIndex, step);
				const entry = entries[key];
				if (entry && 'record' in entry) return entry.record as T;
				const decision = await make();
				record(key, decision);
				return decision;
			},
		}),
		clear() {
			delete store.sent;
		},
	};
}
