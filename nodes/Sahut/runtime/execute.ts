import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { createBreaks } from '../transport/breaks';
import { inScope, type Scope } from '../transport/scope';
import type { TransportSettings } from '../transport/settings';
import { endAsCancelled } from './cancellation';
import { nameTheItem, toErrorData, toFailure, type NodeFailure } from './failures';
import type { OutputItem, Resource } from './operation';
import { prepare } from './prepare';

/** What has become of one item. On Stop, those behind a failed one are not started any more. */
type ItemOutcome<T> =
	| { kind: 'done'; value: T }
	| { kind: 'failed'; error: NodeFailure }
	| { kind: 'notStarted' };

/** n8n takes a node for failed, and runs it again, when its first output item has an `error`. */
function looksFailed(first: ItemOutcome<OutputItem[]> | undefined): boolean {
	return first?.kind === 'done' && 'error' in (first.value[0]?.json ?? {});
}

/**
 * Runs the chosen operation for all input items.
 *
 * Every item is read and checked before the first request; on Stop, one that cannot be used keeps
 * all from being sent. Items of one lane run in their order, lanes in parallel. The output has the
 * order of the input and every output item its `pairedItem`. A failed item stops the node, keeps
 * its JSON beside an `error`, or goes to the error output, as On Error says. When the node has ended,
 * nothing of it runs on.
 *
 * @throws NodeApiError or NodeOperationError on Stop: what is in flight is finished first, and the
 * error names the item and says how many were done. Also when the execution was cancelled.
 */
export async function executeItems(
	context: IExecuteFunctions,
	resources: Resource[],
	settings: Partial<TransportSettings> = {},
): Promise<INodeExecutionData[][]> {
	const node = context.getNode();
	const items = context.getInputData();
	const stopsAtFailure = !context.continueOnFail();
	const cancelSignal = context.getExecutionCancelSignal();
	const wasCancelled = cancelSignal?.aborted;
	const stop = new AbortController();
	const endOfAll = AbortSignal.any([stop.signal, ...(cancelSignal ? [cancelSignal] : [])]);

	let preparation: ReturnType<typeof prepare> | undefined;
	const setup = async () => await (preparation ??= prepare(context, resources, settings));

	async function attempt<T>(task: () => Promise<T>, readsOnly = false): Promise<ItemOutcome<T>> {
		try {
			return { kind: 'done', value: await task() };
		} catch (error) {
			// Another item has failed, which has broken this one off.
			if (readsOnly && stop.signal.aborted) return { kind: 'notStarted' };
			if (stopsAtFailure) stop.abort();
			return { kind: 'failed', error: toFailure(node, error) };
		}
	}

	const takeBreak = createBreaks();
	const readings: Array<ItemOutcome<unknown>> = [];
	for (const itemIndex of items.keys()) {
		await takeBreak();
		const isOver = stop.signal.aborted || (!wasCancelled && cancelSignal?.aborted);
		// One at least: its first request says that the execution was cancelled.
		if (isOver && readings.length > 0) break;
		readings.push(await attempt(async () => (await setup()).read(itemIndex)));
	}

	const outcomes = await Promise.all(
		readings.map(async (reading, itemIndex): Promise<ItemOutcome<OutputItem[]>> => {
			if (reading.kind !== 'done') return reading;
			const { operation, sahutFor, inLane } = await setup();
			const ends = [cancelSignal, operation.readsOnly && stop.signal];
			return await inLane(
				operation.lane?.(reading.value) ?? [],
				async (leaveSlot) => {
					await takeBreak();
					if (stop.signal.aborted) return { kind: 'notStarted' };
					const run = async (scope: Scope) =>
						await operation.run(reading.value, sahutFor(itemIndex, scope, leaveSlot));
					return await attempt(async () => await inScope(ends, run), operation.readsOnly);
				},
				endOfAll,
			);
		}),
	);

	const failedAt = outcomes.findIndex(({ kind }) => kind === 'failed');
	const failed = outcomes[failedAt];
	const isCancelled = cancelSignal?.aborted === true;
	const isDone = failedAt < 0 && !looksFailed(outcomes[0]);
	const prepared = await setup().catch(() => undefined);
	prepared?.ledger.close(isDone);
	if ((stopsAtFailure || isCancelled) && failed?.kind === 'failed') {
		const through = outcomes.flatMap((outcome) => (outcome.kind === 'done' ? [outcome.value] : []));
		const skipped = through.filter(([first]) => first?.json.skipped === true).length;
		const verb = prepared?.operation.done ?? 'done';
		const progress = [
			`${through.length - skipped} of ${items.length} items were ${verb}`,
			...(skipped > 0 ? [`${skipped} skipped`] : []),
		].join(', ');
		const error = nameTheItem(failed.error, failedAt, `${progress}.`);
		throw isCancelled ? endAsCancelled(context, error) : error;
	}

	const isRead = prepared?.operation.readsOnly === true;
	const toErrorOutput = node.onError === 'continueErrorOutput';
	return [
		outcomes.flatMap((outcome, itemIndex): INodeExecutionData[] => {
			const pairedItem = { item: itemIndex };
			if (outcome.kind === 'done')
				return outcome.value.map(({ json, binary }) => ({
					// A later node may change it: the ledger, other items and executions must not see that.
					json: isRead ? json : structuredClone(json),
					pairedItem,
					...(binary && { binary }),
				}));
			if (outcome.kind === 'notStarted') return [];
			const { json, binary } = items[itemIndex]!;
			const error = toErrorData(outcome.error);
			// n8n finds items for the error output by an `error` that stands alone, and adds the input.
			return [{ json: toErrorOutput ? { error } : { ...json, error }, binary, pairedItem }];
		}),
	];
}
