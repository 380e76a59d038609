import type { IDataObject } from 'n8n-workflow';

import type { Clock } from '../transport/clock';
import { mayHaveArrived, UnknownFateError } from '../transport/errors';
import type { Envelope, SahutClient, SahutRequest, WriteTrace } from '../transport/types';
import {
	isChange,
	keyOf,
	openEntries,
	type LedgerRun,
	type LedgerStore,
	type SharedStore,
} from './ledgerEntries';
import type { ItemClient } from './operation';

/** For how long nothing can have come to belong to a record that was made. */
const JUST_MADE_MS = 60_000;

/** The waits before each look for a write whose answer was lost: a list may show it later. */
const LOOK_AFTER_MS = [0, 1_000, 2_000, 4_000];

/** What Sahut has answered; a record that was changed has its ID, also where the answer does not name it. */
function recordOf({ path, ...request }: SahutRequest, data: IDataObject): IDataObject {
	return data.id || !isChange(request) ? data : { ...data, id: path.at(-1) };
}

/** What this execution has already written, so that a node that runs again writes nothing twice. */
export interface SentLedger {
	/**
	 * A client for one item: its writes and decisions are looked up here first, and recorded.
	 * @param leaveSlot lets the next item begin, while this one only waits
	 */
	forItem(
		itemIndex: number,
		sahut: SahutClient,
		leaveSlot: () => void,
	): SahutClient & Pick<ItemClient, 'decide' | 'decided' | 'earlier' | 'isJustMade' | 'wasTried'>;
	/** The run has ended: everything is forgotten, or kept for another try. */
	close(isDone: boolean): void;
}

/**
 * Opens the ledger of a run of the node: each write of an item is made once, however often n8n runs
 * the node again. What n8n has kept decides, and where it has kept nothing, Sahut's own records.
 *
 * @param store `getContext('node')`
 * @param shared `getContext('flow')`
 */
export function openLedger(
	store: LedgerStore,
	shared: SharedStore,
	run: LedgerRun,
	clock: Clock,
): SentLedger {
	const entries = openEntries(store, shared, run, clock);
	const { isRetry, share } = run;
	/** ID → when it was made, of what was made since the ledger was opened. */
	const madeNow = new Map<unknown, number>();

	function recorded<T extends IDataObject>(key: string): T | undefined {
		const entry = entries.get(key);
		return entry && 'record' in entry ? (entry.record as T) : undefined;
	}

	async function findWritten(
		request: SahutRequest,
		sahut: SahutClient,
		attempt: Pick<WriteTrace, 'sentAt' | 'body'>,
	): Promise<IDataObject | undefined> {
		return await request.findWritten?.(sahut, {
			...attempt,
			isAccountedFor: entries.isAccountedFor,
		});
	}

	/** Looks at once, and again for some seconds. @returns undefined when it is not to be seen. */
	async function lookFor(
		request: SahutRequest,
		sahut: SahutClient,
		attempt: Pick<WriteTrace, 'sentAt' | 'body'>,
		leaveSlot: () => void,
	): Promise<IDataObject | undefined> {
		for (const waitMs of LOOK_AFTER_MS) {
			if (waitMs > 0) {
				leaveSlot();
				await clock.sleep(waitMs, sahut.signal);
			}
			const written = await findWritten(request, sahut, attempt);
			if (written) return written;
		}
		return undefined;
	}

	/** The traces of what was written before this run, by another try. */
	function earlier(body: IDataObject): WriteTrace {
		return { sentAt: entries.openedAt, body, isAccountedFor: entries.isAccountedFor, share };
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

	async function write(
		key: string,
		request: SahutRequest,
		sahut: SahutClient,
		leaveSlot: () => void,
	): Promise<IDataObject> {
		const attempt = { sentAt: clock.now(), body: request.body ?? {} };
		if (isChange(request)) entries.forgetLaterItems(key, request.path.at(-1));
		entries.begin(key, attempt);
		const data = await sahut.request<IDataObject>(request).then(
			(answer) => recordOf(request, answer.data),
			async (error: unknown) => {
				if (!mayHaveArrived(error)) {
					entries.drop(key);
					throw error;
				}
				// Where it cannot be looked for, or the execution is cancelled, the first answer stands.
				const written = await lookFor(request, sahut, attempt, leaveSlot).catch(() => undefined);
				if (!written) throw error;
				return written;
			},
		);
		if (request.method === 'POST') madeNow.set(data.id, clock.now());
		return data;
	}

	/** An earlier try has left the question open: looks again, and never guesses. */
	async function settle(
		key: string,
		request: SahutRequest,
		sahut: SahutClient,
		attempt: { sentAt: number; body: IDataObject },
		leaveSlot: () => void,
	): Promise<IDataObject> {
		const written = await findWritten(request, sahut, attempt).catch(() => undefined);
		if (written) return written;
		// Setting the same values a second time makes no second record.
		if (isChange(request)) return await write(key, request, sahut, leaveSlot);
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
		forItem: (itemIndex, sahut, leaveSlot) => ({
			...sahut,
			...(isRetry && { earlier }),
			isJustMade: (id) => clock.now() - (madeNow.get(id) ?? -Infinity) < JUST_MADE_MS,
			wasTried: (write) => entries.get(keyOf(itemIndex, write)) !== undefined,
			async request<T>(request: SahutRequest): Promise<Envelope<T>> {
				if (request.method === 'GET') return await sahut.request<T>(request);
				const key = keyOf(itemIndex, request);
				const entry = entries.get(key);
				if (entry && 'record' in entry) return { data: entry.record as T };
				const data = entry
					? await settle(key, request, sahut, entry, leaveSlot)
					: ((await findFromEarlier(request, sahut)) ??
						(await write(key, request, sahut, leaveSlot)));
				entries.record(key, data);
				return { data: data as T };
			},
			decided: <T extends IDataObject>(step: string) => recorded<T>(`${itemIndex} ${step}`),
			async decide<T extends IDataObject>(
				step: string,
				make: () => Promise<T>,
				stillHolds?: (decision: T) => Promise<boolean>,
			): Promise<T> {
				const key = `${itemIndex} ${step}`;
				const before = recorded<T>(key);
				if (before && (!stillHolds || (await stillHolds(before)))) return before;
				const decision = await make();
				entries.record(key, decision);
				return decision;
			},
		}),
		close: entries.close,
	};
}
