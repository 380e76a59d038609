import type { IBinaryData, IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import type { Attachment, SahutClient, Share, Write, WriteTrace } from '../transport/types';
import type { Workspace } from '../workspace';
import type { Params } from './params';

/** Talks to Sahut for one item: what an operation can use. */
export interface ItemClient extends SahutClient {
	/**
	 * Fetches an attachment, without the API key, for an output item's `binary`.
	 *
	 * @throws UserError that names the file, when it cannot be fetched or is too large.
	 */
	download(attachment: Attachment): Promise<IBinaryData>;

	/**
	 * A decision for this item that a later write rests on, e.g. into which conversation a message
	 * goes: made once, recorded, and found again when n8n runs the node again. Without it, the write
	 * could take another way the second time and be made twice.
	 *
	 * @param step names the decision together with all that it depends on
	 * @param stillHolds whether one that was recorded can be kept; without it, it always is
	 */
	decide<T extends IDataObject>(
		step: string,
		make: () => Promise<T>,
		stillHolds?: (decision: T) => Promise<boolean>,
	): Promise<T>;

	/** What was decided for this item at a step, if it was. */
	decided<T extends IDataObject>(step: string): T | undefined;

	/** Whether an earlier try of this item has made a write, or may have: it must not go another way. */
	wasTried(write: Write): boolean;

	/**
	 * In a retry: the traces of a write that another try may have made, of which n8n has kept nothing.
	 * @param body what was sent
	 */
	earlier?(body: IDataObject): WriteTrace;

	/** Whether this run of the node has made the record a moment ago: nothing belongs to it yet. */
	isJustMade(id: string): boolean;

	/** What this n8n process knows of the workspace, for all executions. */
	workspace: Workspace;

	/** What all items of this run can share, e.g. the open conversations of a channel: made once. */
	share: Share;
}

/** An output item; n8n's pairing with the input item is added to it. */
export type OutputItem = Pick<INodeExecutionData, 'json' | 'binary'>;

/**
 * One entry of the Operation picker: what it is called, its fields, and what it does with one item.
 * It knows nothing of pairing, order, concurrency or repeated requests.
 */
export interface Operation<Input = unknown> {
	/** Stored in users' workflows: never rename it. */
	value: string;
	name: string;
	action: string;
	description: string;
	/** For one that changes nothing: on Stop it is broken off, since what it reads would be thrown away. */
	readsOnly?: true;
	/** What has become of an item that went through, for messages: "11 of 12 items were sent". */
	done: string;
	fields: INodeProperties[];
	/**
	 * Reads the fields of one item and makes every check that needs no request.
	 *
	 * @throws UserError that says what is wrong with which field, and how to mend it.
	 */
	read(params: Params): Input;
	/**
	 * Items that have a lane in common run one after another, in their order. Without any, all run in
	 * parallel.
	 */
	lane?(input: Input): string | string[];
	/** Does it, and returns one record for each output item. */
	run(input: Input, sahut: ItemClient): Promise<OutputItem[]>;
}

/** One entry of the Resource picker. */
export interface Resource {
	/** Stored in users' workflows: never rename it. */
	value: string;
	name: string;
	operations: Operation[];
	/** `value` of the operation that is chosen at first. */
	defaultOperation: string;
}
