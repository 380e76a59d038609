import {
	NodeApiError,
	NodeOperationError,
	UserError,
	type IDataObject,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
} from 'n8n-workflow';

import { connect, DEFAULT_TRANSPORT, type TransportSettings } from '../transport/client';
import { downloadAttachment } from '../transport/attachments';
import { mayHaveArrived } from '../transport/errors';
import { createSlots } from '../transport/slots';
import { createLanes } from './lanes';
import type { Operation, OutputItem, Resource, Sahut } from './operation';
import { readParams, readRunIndex, readSetting } from './params';
import { openLedger } from './sentLedger';

const CONCURRENCY = { fallback: DEFAULT_TRANSPORT.concurrency, min: 1, max: 20 };
const REQUESTS_PER_MINUTE = { fallback: Infinity, min: 1, max: Infinity };

type NodeFailure = NodeApiError | NodeOperationError;

/** What has become of one item. On Stop, those behind a failed one are not started any more. */
type Outcome<T> =
	| { kind: 'done'; value: T }
	| { kind: 'failed'; error: NodeFailure }
	| { kind: 'notStarted' };

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

/** The options that are one for the whole node: the first item's. */
function readTransport(context: IExecuteFunctions): TransportSettings {
	return {
		...DEFAULT_TRANSPORT,
		concurrency: readSetting(context, 'options.concurrency', CONCURRENCY),
		requestsPerMinute: readSetting(context, 'options.requestsPerMinute', REQUESTS_PER_MINUTE),
	};
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
	let made: Promise<T> | undefined;
	return async () => await (made ??= make());
}

/** The error as an item carries it: plain data that a later node can show or route by. */
function toErrorData(error: NodeFailure): IDataObject {
	const { message, description, errorResponse } = error;
	const { code, status } = errorResponse ?? {};
	return {
		message,
		...(description && { advice: description }),
		...(code && { code }),
		...(status && { status }),
		...(mayHaveArrived(error) && { mayHaveArrived: true }),
	} as IDataObject;
}

/** A thrown error as one of n8n's node errors, with its message as it was. */
function toFailure(node: INode, thrown: unknown): NodeFailure {
	if (thrown instanceof NodeApiError) return thrown;
	const failure = new NodeOperationError(node, thrown as Error);
	// n8n replaces a message in which it finds the name of a system error, if only inside of a word.
	failure.message = (thrown as Error).message;
	return failure;
}

/** The error that stops the node: in the editor's own words which item it was, and what is done. */
function nameTheItem(error: NodeFailure, itemIndex: number, progress: string): NodeFailure {
	error.message = `${error.message} [item ${itemIndex}]`;
	error.description = [error.description, progress].filter(Boolean).join(' ');
	error.context.itemIndex = itemIndex;
	return error;
}

/**
 * Runs the chosen operation for all input items.
 *
 * Every item is read and checked before the first request; on Stop, one that cannot be used keeps
 * all from being sent. Items of one lane run in their order, lanes in parallel. The output has the
 * order of the input and every output item its `pairedItem`. A failed item stops the node, keeps
 * its JSON beside an `error`, or goes to the error output, as On Error says.
 *
 * @throws NodeApiError or NodeOperationError on Stop: what is in flight is finished first, and the
 * error names the item and says how many were done.
 */
export async function executeItems(
	context: IExecuteFunctions,
	resources: Resource[],
	settings: Partial<TransportSettings> = {},
): Promise<INodeExecutionData[][]> {
	const node = context.getNode();
	const items = context.getInputData();
	const stopsAtFailure = !context.continueOnFail();
	let stopped = false;

	const setup = once(async () => {
		const transport = { ...readTransport(context), ...settings };
		const ledger = openLedger(
			context.getContext('node'),
			{ runIndex: readRunIndex(context), isRetry: context.getMode() === 'retry' },
			transport.clock,
		);
		const client = await connect(context, transport);
		const inSlot = createSlots(transport.concurrency);
		return {
			operation: findOperation(
				resources,
				context.getNodeParameter('resource', 0),
				context.getNodeParameter('operation', 0),
			),
			inLane: createLanes(transport.concurrency),
			ledger,
			sahutFor: (itemIndex: number): Sahut => ({
				...ledger.forItem(itemIndex, client),
				download: async (attachment) =>
					await inSlot(async () => await downloadAttachment(context, attachment, transport)),
			}),
		};
	});

	async function attempt<T>(task: () => Promise<T>): Promise<Outcome<T>> {
		try {
			return { kind: 'done', value: await task() };
		} catch (error) {
			stopped = stopsAtFailure;
			return { kind: 'failed', error: toFailure(node, error) };
		}
	}

	const readings = await Promise.all(
		items.map(
			async (_, itemIndex) =>
				await attempt(async () => {
					const { operation } = await setup();
					return operation.read(readParams(context, itemIndex, operation.fields));
				}),
		),
	);

	const outcomes = await Promise.all(
		readings.map(async (reading, itemIndex): Promise<Outcome<OutputItem[]>> => {
			if (reading.kind !== 'done') return reading;
			const { operation, sahutFor, inLane } = await setup();
			const lane = operation.lane?.(reading.value) ?? `item ${itemIndex}`;
			return await inLane(lane, async () =>
				stopped
					? { kind: 'notStarted' }
					: await attempt(async () => await operation.run(reading.value, sahutFor(itemIndex))),
			);
		}),
	);

	const failedAt = outcomes.findIndex(({ kind }) => kind === 'failed');
	const failed = outcomes[failedAt];
	if (stopsAtFailure && failed?.kind === 'failed') {
		const done = outcomes.filter(({ kind }) => kind === 'done').length;
		const verb = await setup().then(
			({ operation }) => operation.done,
			() => 'done',
		);
		throw nameTheItem(failed.error, failedAt, `${done} of ${items.length} items were ${verb}.`);
	}

	if (failedAt < 0) (await setup()).ledger.clear();
	const toErrorOutput = node.onError === 'continueErrorOutput';
	return [
		outcomes.flatMap((outcome, itemIndex): INodeExecutionData[] => {
			const pairedItem = { item: itemIndex };
			if (outcome.kind === 'done')
				return outcome.value.map((record) => ({ ...record, pairedItem }));
			if (outcome.kind === 'notStarted') return [];
			const { json, binary } = items[itemIndex]!;
			const error = toErrorData(outcome.error);
			// n8n finds items for the error output by an `error` that stands alone, and adds the input.
			return [{ json: toErrorOutput ? { error } : { ...json, error }, binary, pairedItem }];
		}),
	];
}
