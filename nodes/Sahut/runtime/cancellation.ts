import type { IExecuteFunctions, INode } from 'n8n-workflow';

import type { ItemError } from './itemErrors';

/**
 * Makes n8n treat the error of a canceled node as a cancellation, and stop the workflow whatever On Error
 * is set to. With Continue, n8n would output items that were not processed, as if they had succeeded, and
 * a later *Retry* would start at the next node. n8n still stores the node with its own settings.
 *
 * This has an effect only if n8n stores the execution after its nodes have ended, as n8n 2.x does when the
 * workflow times out. When a user cancels an execution, n8n stores its state before that.
 *
 * @returns the error, to be thrown
 */
export function markAsCanceled(context: IExecuteFunctions, error: ItemError): ItemError {
	const data = context.getExecuteData();
	// Returns the original settings, through `toJSON`, even if an earlier try has replaced the node: with
	// Retry On Fail, n8n runs a canceled node again.
	const node = context.getNode();
	const stored = { toJSON: () => node };
	data.node = Object.assign(Object.create(stored) as INode, node, {
		onError: 'stopWorkflow',
		continueOnFail: false,
	});
	// n8n recognizes a cancellation by this name.
	error.name = 'ExecutionCancelledError';
	return error;
}
