import type { IBinaryData, IDataObject } from 'n8n-workflow';

import type { Question } from '../approval/question';
import type { ProcessCache } from '../processCache';
import type { Attachment, SahutClient, Wording } from '../transport/types';
import type { ContactList } from './contactList';

/** The ledger's facts about a step. Times are by this machine's clock, in milliseconds since the epoch. */
export type PastStep =
	/** The step was not tried. */
	| { kind: 'none' }
	/** The step has a result. `sentAt`: when its request was sent, or earlier; undefined for a decision. */
	| { kind: 'done'; record: IDataObject; context: IDataObject; sentAt?: number }
	| WriteSearch;

/** A search for the record of a write that may have been carried out. */
export type WriteSearch =
	/** The request was sent, and its response was lost. */
	| ({
			kind: 'lostResponse';
			sentAt: number;
			body: IDataObject;
			context: IDataObject;
	  } & KnownWrites)
	/** In a *Retry*, the ledger lacks the write: an earlier try may have sent it since `sentAt`. */
	| ({ kind: 'retryWithoutLedger'; sentAt: number } & KnownWrites);

interface KnownWrites {
	/** Whether a record belongs to a write that is known to have succeeded. */
	isFromKnownWrite(id: string): boolean;
}

/** Records in the ledger that a request is about to be sent, with its body and a context. */
export type BeginWrite = (body: IDataObject, context: IDataObject) => void;

/** A write or a decision that an item makes only once. */
export interface Step<T> {
	/** Carries out the step. A write calls `begin` immediately before its request is sent. */
	run(begin: BeginWrite): Promise<T>;
	/** Searches Sahut for the record of a write. A decision has no `find`. */
	find?(search: WriteSearch, begin: BeginWrite): Promise<T | undefined>;
	/** The ID of the record that a write changes; undefined for a creation or a decision. */
	changedId?: string;
	/** How errors describe the write. */
	wording?: Wording;
}

/** The decisions and writes of this execution for an item. Each step is carried out only once. */
export interface ItemLedger {
	/** Returns the facts about a step. */
	past(key: string): PastStep;

	/**
	 * Carries out a step, or returns its result from an earlier try.
	 *
	 * @param key identifies the step: for a write, its method and target
	 * @param stillValid whether the recorded result still applies; by default, it always does
	 * @throws UnknownOutcomeError if a write of an earlier try may have been carried out
	 */
	once<T extends IDataObject>(
		key: string,
		step: Step<T>,
		stillValid?: (result: T) => boolean,
	): Promise<T>;

	/** Returns the latest step with this key of any item of this run; its response may have been lost. */
	latestInRun(key: string): { record?: IDataObject; context?: IDataObject } | undefined;

	/** Whether this try has created a record, so that no earlier try can have written to it. */
	isCreatedInThisTry(id: string): boolean;

	/** When this try of the node began, by this machine's clock, in milliseconds since the epoch. */
	readonly tryStartedAt: number;
}

/** The client of one item: the API, the ledger and the process cache. */
export interface ItemClient extends SahutClient, ItemLedger {
	/** The data of this n8n process about the workspace, shared by all executions. */
	cache: ProcessCache;

	/** The complete list of contacts, which all items of the run share. */
	contactList: ContactList;

	/** The number of input items of the run. */
	itemCount: number;

	/**
	 * Adds a list to the summary of the run, which states how many records were read, and of how many.
	 *
	 * @param records the plural name of the records, e.g. `contacts`
	 * @param total the number of records of the complete list. Default: all were read.
	 */
	countListed(records: string, read: number, total?: number): void;

	/**
	 * Whether this item is one of the first three of the execution, which go to the number in Test Number.
	 *
	 * @param phone E.164
	 */
	takeTestItem(phone: string): boolean;

	/** The ID of this execution; a *Retry* has another one. */
	executionId: string;

	/**
	 * Sets the question that this execution waits for. Its link works only in this execution.
	 *
	 * @returns the link to its page
	 */
	openQuestion(question: Question): string;

	/** Waits `ms` milliseconds without occupying a slot. @throws if the execution is canceled */
	pause(ms: number): Promise<void>;

	/**
	 * Downloads an attachment for the `binary` of an output item, without the API key.
	 *
	 * @throws UserError that names the file, if it cannot be downloaded or is too large
	 */
	download(attachment: Attachment): Promise<IBinaryData>;
}
