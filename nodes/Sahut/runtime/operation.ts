import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import type { ItemClient } from '../api/itemClient';
import type { Params } from './params';

/** An output item; the runtime adds n8n's pairing with the input item. */
export type OutputItem = Pick<INodeExecutionData, 'json' | 'binary'>;

/**
 * An entry of the Operation picker: its texts, its fields, and its code for one item. The runtime handles
 * pairing, order, concurrency and retries.
 */
export interface Operation<Input = unknown> {
	/** Stored in users' workflows: never rename it. */
	value: string;
	name: string;
	action: string;
	description: string;
	/** States to AI models that build workflows when to use the operation, and when not. */
	builderHint?: string;
	/** Set if the operation changes nothing: on Stop, the node aborts it, since n8n discards its result. */
	readsOnly?: true;
	/** The verb in the error on Stop: `sent` in "11 of 12 items were sent". */
	pastParticiple: string;
	fields: INodeProperties[];
	/**
	 * Reads the fields of one item, and makes all checks that need no request.
	 *
	 * @throws UserError that names the invalid field, the reason, and how to fix it
	 */
	read(params: Params): Input;
	/**
	 * Returns the lanes of an item. Items that share a lane run one after another, in input order. Without
	 * a lane, all items run in parallel.
	 */
	lane?(input: Input): string | string[];
	/**
	 * Runs the operation for one item, and returns the output items.
	 *
	 * @param unfinished the inputs of all items of the run that have not ended, including this one
	 */
	run(input: Input, sahut: ItemClient, unfinished: ReadonlySet<Input>): Promise<OutputItem[]>;
	/**
	 * Set if the execution must wait after `run`, for the answer to a question that `run` asked. The operation
	 * accepts one item. Its output is that item with the fields that `run` returns and the answer.
	 *
	 * @param now in milliseconds since the epoch
	 * @returns until when to wait
	 */
	waitUntil?(input: Input, now: number): Date;
}

/** An entry of the Resource picker. */
export interface Resource {
	/** Stored in users' workflows: never rename it. */
	value: string;
	name: string;
	operations: Operation[];
	/** The `value` of the operation that is selected by default. */
	defaultOperation: string;
}
