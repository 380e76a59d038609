import type { IBinaryData, IDataObject } from 'n8n-workflow';

import type { ProcessCache } from '../processCache';
import type { Attachment, SahutClient, Wording } from '../transport/types';

/** What the ledger knows of a step. Times are by this machine's clock, in ms since the epoch. */
export type PastStep =
	/** The step was not tried. */
	| { kind: 'none' }
	/** The step has a result. `sentAt`: when its request went out, or a time before; none for a decision. */
	| { kind: 'done'; record: IDataObject; context: IDataObject; sentAt?: number }
	| WriteSearch;

/** A search for the record of a write that may have been carried out. */
export type WriteSearch =
	/** The request went out, and its response was lost. */
	| ({ kind: 'lostResponse'; sentAt: number; body: IDataObject; context: IDataObject } & Accounted)
	/** In a *Retry*, the ledger lacks the write: an earlier try may have sent it since `sentAt`. */
	| ({ kind: 'retryWithoutLedger'; sentAt: number } & Accounted);

interface Accounted {
	/** Whether a record belongs to a write that is known to have succeeded. */
	isFromKnownWrite(id: string): boolean;
}

/** Records in the ledger that a request goes out, with its body and a context. */
export type BeginWrite = (body: IDataObject, context: IDataObject) => void;

/** A write or a decision that an item makes once. */
export interface Step<T> {
	/** Carries out the step; a write calls `begin` when its request goes out. */
	run(begin: BeginWrite): Promise<T>;
	/** For a write: searches Sahut for its record. A decision has no `find`. */
	find?(search: WriteSearch, begin: BeginWrite): Promise<T | undefined>;
	/** For a change: the ID of the record. Repeating a change creates no second record. */
	changes?: string;
	wording?: Wording;
}

/** What this execution has decided and written for an item: each step is carried out once. */
export interface ItemLedger {
	/** Returns what is known of a step from an earlier try. */
	past(key: string): PastStep;

	/**
	 * Carries out a step, or returns its result from an earlier try.
	 *
	 * @param key identifies the step: for a write, its method and target
	 * @param stillValid whether a recorded decision can be kept; without it, it always is
	 * @throws UnknownOutcomeError if a write of an earlier try may have been carried out
	 */
	once<T extends IDataObject>(
		key: string,
		step: Step<T>,
		stillValid?: (result: T) => boolean,
	): Promise<T>;

	/** Returns the latest step with a key, of any item of this run; its response may have been lost. */
	latestInRun(key: string): { record?: IDataObject; context?: IDataObject } | undefined;

	/** Whether this try has created a record, so that no earlier try can have written to it. */
	isCreatedInThisTry(id: string): boolean;

	/** When this try of the node began, by this machine's clock, in milliseconds since the epoch. */
	readonly tryStartedAt: number;
}

/** Talks to Sahut for one item: what operations and deliveries can use. */
export interface ItemClient extends SahutClient, ItemLedger {
	/** What this n8n process knows of the workspace, for all executions. */
	cache: ProcessCache;

	/** Waits `ms` milliseconds without occupying a slot. @throws if the execution is canceled */
	pause(ms: number): Promise<void>;

	/**
	 * Downloads an attachment, without the API key, for an output item's `binary`.
	 *
	 * @throws UserError that names the file if it cannot be fetched or is too large
	 */
	download(attachment: Attachment): Promise<IBinaryData>;
}
