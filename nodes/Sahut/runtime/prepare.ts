import { UserError, type IExecuteFunctions } from 'n8n-workflow';

import { downloadAttachment } from '../transport/attachments';
import { connect } from '../transport/client';
import { scopedClient, type Scope } from '../transport/scope';
import type { TransportSettings } from '../transport/settings';
import { createSlots } from '../transport/slots';
import { workspaceOf } from '../workspace';
import { createLanes } from './lanes';
import { readCall, readRunIndex, readStart, readTransport } from './nodeSettings';
import type { Operation, Resource, ItemClient } from './operation';
import { openLedger } from './sentLedger';
import { createShare } from './share';

function findOperation(resources: Resource[], resource: string, operation: string): Operation {
	const found = resources
		.find(({ value }) => value === resource)
		?.operations.find(({ value }) => value === operation);
	if (!found) {
		throw new UserError(`This version of the Sahut node has no operation "${operation}"`, {
			description: `Choose another operation for "${resource}", or update the package n8n-nodes-sahut.`,
		});
	}
	return found;
}

/** What all items share: the operation, its lanes, the ledger and the connection to Sahut. */
export async function prepare(
	context: IExecuteFunctions,
	resources: Resource[],
	settings: Partial<TransportSettings>,
) {
	const operation = findOperation(
		resources,
		context.getNodeParameter('resource', 0),
		context.getNodeParameter('operation', 0),
	);
	const transport = { ...readTransport(context, operation), ...settings };
	const client = await connect(context, transport);
	const inSlot = createSlots(transport.concurrency);
	const workspace = workspaceOf(client.workspaceId);
	const share = createShare();
	const ledger = openLedger(
		context.getContext('node'),
		context.getContext('flow'),
		{
			runIndex: readRunIndex(context),
			call: readCall(context),
			isRetry: context.getMode() === 'retry',
			startedAt: readStart(context),
			share,
		},
		transport.clock,
	);
	return {
		operation,
		ledger,
		inLane: createLanes(transport.concurrency, workspace.inLane),
		sahutFor: (itemIndex: number, scope: Scope, leaveSlot: () => void): ItemClient => ({
			...ledger.forItem(itemIndex, scopedClient(client, scope), leaveSlot),
			share,
			workspace,
			download: async (attachment) =>
				await scope.track(
					inSlot(
						async () => await downloadAttachment(context, attachment, transport, scope.signal),
					),
				),
		}),
	};
}
