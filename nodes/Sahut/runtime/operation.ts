import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import type { ItemClient } from '../api/itemClient';
import type { Params } from './params';

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
