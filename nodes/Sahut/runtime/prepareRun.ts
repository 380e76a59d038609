import { UserError, type IExecuteFunctions } from 'n8n-workflow';

import { downloadAttachment } from '../transport/attachments';
import { connect } from '../transport/client';
import { scopedClient, type Scope } from '../transport/scope';
import type { TransportSettings } from '../transport/settings';
import { createSlots } from '../transport/slots';
import { openQuestion } from '../approval/question';
import { assertCanWait } from '../approval/wait';
import { createContactList } from '../api/contactList';
import type { ItemClient } from '../api/itemClient';
import { getProcessCache } from '../processCache';
import { createBoundedLanes } from './boundedLanes';
import { readRunIndex, readStartTime, readToolCall, readLimits } from './nodeSettings';
import { openLedger } from './ledger';
import type { Operation, Resource } from './operation';
import { createSources } from './parameterSource';
import { createParams } from './params';
import type { ListedRecords } from './runSummary';

/** Returns the operation that is selected in the node; undefined if it does not exist. */
export function selectedOperation(
	context: IExecuteFunctions,
	resources: Resource[],
): Operation | undefined {
	const resource: string = context.getNodeParameter('resource', 0, '');
	const operation: string = context.getNodeParameter('operation', 0, '');
	return resources
		.find(({ value }) => value === resource)
		?.operations.find(({ value }) => value === operation);
}

/** Returns the selected operation. @throws UserError if it does not exist */
function requireOperation(context: IExecuteFunctions, resources: Resource[]): Operation {
	const found = selectedOperation(context, resources);
	if (!found) {
		const resource: string = context.getNodeParameter('resource', 0, '');
		const operation: string = context.getNodeParameter('operation', 0, '');
		throw new UserError(
			`This version of the Sahut node has no operation "${operation}" for the resource "${resource}"`,
			{
				description:
					'Choose a Resource and an Operation from the lists, or update the package n8n-nodes-sahut.',
			},
		);
	}
	return found;
}

/**
 * Prepares a run of the node: finds the operation, connects to Sahut, and opens the ledger.
 *
 * @returns the parts that all items of the run share
 * @throws UserError if the operation does not exist, or if a setting or the credential is invalid
 */
export async function prepareRun(
	context: IExecuteFunctions,
	resources: Resource[],
	defaults: TransportSettings,
) {
	const operation = requireOperation(context, resources);
	const sourceOf = createSources(context);
	const paramsOf = (itemIndex: number) => createParams(sourceOf(itemIndex), operation.fields);
	const transport = { ...defaults, ...readLimits(paramsOf(0), operation) };
	const client = await connect(context, transport);
	const inSlot = createSlots(transport.concurrency);
	const cache = getProcessCache({
		id: client.workspaceId,
		address: client.addressId,
		clock: transport.clock,
	});
	const contactList = createContactList();
	const listed: ListedRecords = { records: '', read: 0, total: 0 };
	let testPhone: string | undefined;
	const toolCall = readToolCall(context);
	const ledger = openLedger(
		context.getContext('node'),
		context.getContext('flow'),
		{
			runIndex: readRunIndex(context),
			toolCall,
			isRetry: context.getMode() === 'retry',
			startedAt: readStartTime(context),
		},
		transport.clock,
	);
	return {
		operation,
		/** Reads the fields of an item. @throws UserError if one is invalid */
		readInput: (itemIndex: number) => operation.read(paramsOf(itemIndex)),
		/** @throws UserError if the operation waits for an answer, and this run cannot */
		assertCanWait() {
			if (!operation.waitUntil) return;
			const api = client.describe({ method: 'GET', path: [], expects: 'list' }).url;
			assertCanWait(context, String(api), toolCall !== undefined);
		},
		ledger,
		run: {
			countRequests: client.countRequests,
			log: client.log,
			/** The records of the lists that items have read. */
			listed,
			/** The number in Test Number, if it is set. */
			get testPhone() {
				return testPhone;
			},
		},
		inLane: createBoundedLanes(transport.concurrency, cache.runInLane),
		/** Creates the client of an item, for the requests in a scope. */
		createItemClient(itemIndex: number, scope: Scope, releaseSlot: () => void): ItemClient {
			const log = (message: string) => client.log(`item ${itemIndex}: ${message}`);
			const pause = async (ms: number) => {
				releaseSlot();
				await transport.clock.sleep(ms, scope.signal);
			};
			return {
				...scopedClient(client, scope),
				log,
				...ledger.forItem(itemIndex, pause, log),
				cache,
				contactList,
				itemCount: context.getInputData().length,
				countListed: (records, read, total = read) => {
					listed.records = records;
					listed.read += read;
					listed.total += total;
				},
				takeTestItem: (phone) => {
					testPhone = phone;
					return ledger.takeTestItem(itemIndex);
				},
				executionId: context.getExecutionId(),
				openQuestion: (question) => openQuestion(context, question),
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
