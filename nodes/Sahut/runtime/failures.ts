import { NodeApiError, NodeOperationError, type IDataObject, type INode } from 'n8n-workflow';

import { mayHaveBeenProcessed, reasonOf } from '../transport/errors';

/** What has become of an item that did not go through. */
export type NodeFailure = NodeApiError | NodeOperationError;

/** The error as an item carries it: plain data that a later node can show or route by. */
export function toErrorData(error: NodeFailure): IDataObject {
	const { message, description, errorResponse } = error;
	const { code, status } = errorResponse ?? {};
	return {
		message,
		...(description ? { advice: description } : {}),
		...(typeof code === 'string' ? { code } : {}),
		...(typeof status === 'number' ? { status } : {}),
		...(mayHaveBeenProcessed(error) ? { mayHaveArrived: true } : {}),
		reason: reasonOf(error),
	};
}

/** A thrown error as one of n8n's node errors, with its message as it was. */
export function toFailure(node: INode, thrown: unknown): NodeFailure {
	if (thrown instanceof NodeApiError) return thrown;
	const error = thrown instanceof Error ? thrown : new Error(String(thrown));
	const failure = new NodeOperationError(node, error);
	// n8n replaces a message in which it finds the name of a system error, if only inside of a word.
	failure.message = error.message;
	failure.context.mayHaveArrived = mayHaveBeenProcessed(thrown);
	failure.context.reason = reasonOf(thrown);
	return failure;
}

/** The error that stops the node: in the editor's own words which item it was, and what is done. */
export function nameTheItem(error: NodeFailure, itemIndex: number, progress: string): NodeFailure {
	error.message = `${error.message} [item ${itemIndex}]`;
	error.description = [error.description, progress].filter(Boolean).join(' ');
	error.context.itemIndex = itemIndex;
	return error;
}
