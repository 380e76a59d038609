import type { IExecuteFunctions, INode } from 'n8n-workflow';

import type { NodeFailure } from './failures';

/**
 * Has n8n end a node that was cancelled as it ends one on Stop, whatever its On Error says: on
 * Continue it would hand the items on that nothing was done for, as if all were well, and a later
 * *Retry* would go on with the next node. n8n stores the node as it was.
 *
 * That counts where n8n stores an execution after its nodes have ended: n8n 2.x after a time-out of
 * the workflow. What is cancelled by hand it stores as it was before.
 */
export function endAsCancelled(context: IExecuteFunctions, error: NodeFailure): NodeFailure {
	const data = context.getExecuteData();
	// Also when this has been done before: with Retry On Fail, n8n runs a cancelled node again.
	const node = context.getNode();
	const stored = { toJSON: () => node };
	data.node = Object.assign(Object.create(stored) as INode, node, {
		onError: 'stopWorkflow',
		continueOnFail: false,
	});
	// By this name n8n tells an execution that was cancelled from one that failed.
	error.name = 'ExecutionCancelledError';
	return error;
}
