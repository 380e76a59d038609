import type { IBinaryData, IDataObject } from 'n8n-workflow';

import type { ProcessCache } from '../processCache';
import type { Attachment, SahutClient, Wording } from '../transport/types';

/** What is known of an item's write from an earlier try. Times are this machine's, in ms. */
export type Past =
	/** It was not tried. */
	| { kind: 'none' }
	/** Sahut has carried it out, and `sentAt` tells when the request went out, if it did. */
	| { kind: 'done'; record: IDataObject; context: IDataObject; sentAt?: number }
	| WriteSearch;

/** Which search for a write it is: one whose record may exist. */
export type WriteSearch =
	/** The request went out, and its response was lost. */
	| ({ kind: 'lostResponse'; sentAt: number; body: IDataObject; context: IDataObject } & Accounted)
	/** A retry: an earlier try may have sent it since `sentAt`, of which n8n has kept nothing. */
	| ({ kind: 'retryWithoutLedger'; sentAt: number } & Accounted);

interface Accounted {
	/** Whether a record belongs to a write that is known to have succeeded. */
	isAccountedFor(id: string): boolean;
}

/** Records what is written, and a context that belongs to it. */
export type Begin = (body: IDataObject, context: IDataObject) => void;

/** A step that an item takes once. */
export interface Step<T> {
	/** Takes the step; a write calls `begin` when its request goes out. */
	run(begin: Begin): Promise<T>;
	/** For a write: searches Sahut for its record. Without it, the step is a decision. */
	find?(search: WriteSearch, begin: Begin): Promise<T | undefined>;
	/** For a change: the ID of the record. Changing it again creates no second one. */
	changes?: string;
	wording?: Wording;
}

/** What this execution has decided and written for an item: each step is taken once. */
export interface ItemLedger {
	/** Returns what is known of a step from an earlier try. */
	past(key: string): Past;

	/**
	 * Takes a step, or returns its result from an earlier try.
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

	/** Returns what an item of this run has last written under a key, or has tried to. */
	ofRun(key: string): { record?: IDataObject; context?: IDataObject } | undefined;

	/** Whether this run has created a record, so that nothing of an earlier try belongs to it. */
	isNew(id: string): boolean;

	/** When this run of the node began, by this machine's clock. */
	readonly runStartedAt: number;
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
