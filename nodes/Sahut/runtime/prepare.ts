import { UserError, type IExecuteFunctions } from 'n8n-workflow';

import { downloadAttachment } from '../transport/attachments';
import { connect } from '../transport/client';
import { scopedClient, type Scope } from '../transport/scope';
import type { TransportSettings } from '../transport/settings';
import { createSlots } from '../transport/slots';
import type { ItemClient } from '../api/itemClient';
import { getProcessCache } from '../processCache';
import { createLanes } from './lanes';
import { readCall, readRunIndex, readStart, readTransport } from './nodeSettings';
import { openLedger } from './ledger';
import type { Operation, Resource } from './operation';
import { sourcesOf } from './parameterSource';
import { readParams } from './params';

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
	const sourceOf = sourcesOf(context);
	const paramsOf = (itemIndex: number) => readParams(sourceOf(itemIndex), operation.fields);
	const transport = { ...readTransport(paramsOf(0), operation), ...settings };
	const client = await connect(context, transport);
	const inSlot = createSlots(transport.concurrency);
	const cache = getProcessCache({ id: client.workspaceId, address: client.addressId });
	const ledger = openLedger(
		context.getContext('node'),
		context.getContext('flow'),
		{
			runIndex: readRunIndex(context),
			call: readCall(context),
			isRetry: context.getMode() === 'retry',
			startedAt: readStart(context),
		},
		transport.clock,
	);
	return {
		operation,
		/** Reads the fields of an item. @throws UserError if one cannot be used */
		read: (itemIndex: number) => operation.read(paramsOf(itemIndex)),
		ledger,
		inLane: createLanes(transport.concurrency, cache.runInLane),
		sahutFor(itemIndex: number, scope: Scope, leaveSlot: () => void): ItemClient {
			const pause = async (ms: number) => {
				leaveSlot();
				await transport.clock.sleep(ms, scope.signal);
			};
			return {
				...scopedClient(client, scope),
				...ledger.forItem(itemIndex, pause),
				cache,
				pause,
				download: async (attachment) =>
					await scope.track(
						inSlot(
							async () => await downloadAttachment(context, attachment, transport, scope.signal),
						),
					),
			};
		},
	};
}
