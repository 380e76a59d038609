import { NodeApiError, NodeOperationError, type IDataObject, type INode } from 'n8n-workflow';

import { mayHaveBeenProcessed, reasonOf } from '../transport/errors';

/** The error of a failed item. */
export type ItemError = NodeApiError | NodeOperationError;

/** Returns the `error` field of a failed item: plain data that later nodes can show and branch on. */
export function toErrorData(error: ItemError): IDataObject {
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

/** Converts a thrown value to one of n8n's node errors, with the same message. */
export function toItemError(node: INode, thrown: unknown): ItemError {
	if (thrown instanceof NodeApiError) return thrown;
	const error = thrown instanceof Error ? thrown : new Error(String(thrown));
	const itemError = new NodeOperationError(node, error);
	// n8n replaces a message that contains the name of a system error, even within a word.
	itemError.message = error.message;
	itemError.context.mayHaveArrived = mayHaveBeenProcessed(thrown);
	itemError.context.reason = reasonOf(thrown);
	return itemError;
}

/**
 * Adds the index of the item and the progress to the error that stops the node.
 *
 * @param progress how many items succeeded, as a sentence
 */
export function addItemAndProgress(
	error: ItemError,
	itemIndex: number,
	progress: string,
): ItemError {
	// The format of n8n's own errors.
	error.message = `${error.message} [item ${itemIndex}]`;
	error.description = [error.description, progress].filter(Boolean).join(' ');
	error.context.itemIndex = itemIndex;
	return error;
}
