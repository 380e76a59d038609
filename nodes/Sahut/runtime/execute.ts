import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { readOutputItems } from '../approval/reviewTool';
import { extendInput, NO_ANSWER, waitForAnswer } from '../approval/wait';
import { createYielder } from '../transport/yielder';
import { runInScope, type Scope } from '../transport/scope';
import type { TransportSettings } from '../transport/settings';
import { markAsCanceled } from './cancellation';
import { addItemAndProgress, toErrorData, toItemError, type ItemError } from './itemErrors';
import type { OutputItem, Resource } from './operation';
import { prepareRun, selectedOperation } from './prepareRun';
import { describeProgress, summarizeRun, type RunCounts } from './runSummary';

/** The outcome of one item. On Stop, the node does not start the items after a failed one. */
type ItemOutcome<T> =
	| { kind: 'succeeded'; value: T }
	| { kind: 'failed'; error: ItemError }
	| { kind: 'notStarted' };

/** Returns whether n8n regards the node as failed and runs it again: its first output item has an `error`. */
function countsAsNodeFailure(first: ItemOutcome<OutputItem[]> | undefined): boolean {
	return first?.kind === 'succeeded' && 'error' in (first.value[0]?.json ?? {});
}

/**
 * Runs the selected operation for all input items.
 *
 * Reads and checks all items before the first request; on Stop, one invalid item prevents all requests.
 * Items in the same lane run in input order, different lanes in parallel. The output has the order of the
 * input, and each output item has a `pairedItem`. According to On Error, a failed item stops the node,
 * keeps its JSON and gets an `error`, or goes to the error output. Nothing runs after the node has ended. If
 * the operation asks a question, the execution then waits for the answer.
 *
 * @throws NodeApiError or NodeOperationError on Stop, once all requests in flight have ended, and after a
 * cancellation. The error states the item and how many items succeeded.
 */
export async function executeItems(
	context: IExecuteFunctions,
	resources: Resource[],
	transport: TransportSettings,
): Promise<INodeExecutionData[][]> {
	const node = context.getNode();
	const items = readOutputItems(context);
	const stopsOnError = !context.continueOnFail();
	const cancelSignal = context.getExecutionCancelSignal();
	const wasCanceledBefore = cancelSignal?.aborted;
	const stop = new AbortController();
	const stopOrCancel = AbortSignal.any([stop.signal, ...(cancelSignal ? [cancelSignal] : [])]);

	let preparation: ReturnType<typeof prepareRun> | undefined;
	const prepareOnce = async () => await (preparation ??= prepareRun(context, resources, transport));

	async function attempt<T>(task: () => Promise<T>, readsOnly = false): Promise<ItemOutcome<T>> {
		try {
			return { kind: 'succeeded', value: await task() };
		} catch (error) {
			// The failure of another item has aborted this one.
			if (readsOnly && stop.signal.aborted) return { kind: 'notStarted' };
			if (stopsOnError) stop.abort();
			return { kind: 'failed', error: toItemError(node, error) };
		}
	}

	const yieldIfDue = createYielder();
	const inputs: Array<ItemOutcome<unknown>> = [];
	for (const itemIndex of items.keys()) {
		await yieldIfDue();
		const hasEnded = stop.signal.aborted || (!wasCanceledBefore && cancelSignal?.aborted);
		// At least one item must be read: its first request reports the cancellation.
		if (hasEnded && inputs.length > 0) break;
		inputs.push(await attempt(async () => (await prepareOnce()).readInput(itemIndex)));
	}

	const unfinished = new Set(
		inputs.flatMap((each) => (each.kind === 'succeeded' ? [each.value] : [])),
	);
	const checkRun = attempt(async () => {
		if (unfinished.size > 0) (await prepareOnce()).assertCanWait();
	});
	const outcomes = await Promise.all(
		inputs.map(async (input, itemIndex): Promise<ItemOutcome<OutputItem[]>> => {
			if (input.kind !== 'succeeded') return input;
			const checked = await checkRun;
			if (checked.kind !== 'succeeded') return checked;
			const { operation, createItemClient, inLane } = await prepareOnce();
			const abortSignals = [cancelSignal, operation.readsOnly && stop.signal];
			return await inLane(
				operation.lane?.(input.value) ?? [],
				async (releaseSlot) => {
					await yieldIfDue();
					if (stop.signal.aborted) return { kind: 'notStarted' };
					const run = async (scope: Scope) => {
						const sahut = createItemClient(itemIndex, scope, releaseSlot);
						const output = await operation.run(input.value, sahut, unfinished);
						const { skipped, skip_reason: reason } = output[0]?.json ?? {};
						if (skipped === true) sahut.log(`skipped (${String(reason)})`);
						if (!operation.waitUntil) return output;
						return output.map(({ json }) => extendInput(items[itemIndex]!, json));
					};
					return await attempt(
						async () => await runInScope(abortSignals, run),
						operation.readsOnly,
					).finally(() => unfinished.delete(input.value));
				},
				stopOrCancel,
			);
		}),
	);

	const failedIndex = outcomes.findIndex(({ kind }) => kind === 'failed');
	const failed = outcomes[failedIndex];
	const isCanceled = cancelSignal?.aborted === true;
	const hasSucceeded = failedIndex < 0 && !countsAsNodeFailure(outcomes[0]);
	const prepared = await prepareOnce().catch(() => undefined);
	prepared?.ledger.close(hasSucceeded);
	const verb = prepared?.operation.pastParticiple ?? 'processed';
	const succeeded = outcomes.flatMap((each) => (each.kind === 'succeeded' ? [each.value] : []));
	const counts: RunCounts = {
		records: succeeded.map(([first]) => first?.json ?? {}),
		total: items.length,
		failed: outcomes.filter(({ kind }) => kind === 'failed').length,
	};
	if ((stopsOnError || isCanceled) && failed?.kind === 'failed') {
		// The error describes the failed item.
		const progress = describeProgress({ ...counts, failed: 0 }, verb);
		const error = addItemAndProgress(failed.error, failedIndex, progress);
		throw isCanceled ? markAsCanceled(context, error) : error;
	}

	const summary = prepared && summarizeRun(counts, verb, prepared.run);
	if (summary && context.addExecutionHints) {
		context.addExecutionHints({ ...summary, location: 'outputPane' });
	} else if (summary) {
		// n8n 1.x may lack hints. The log must not contain the number in Test Number.
		prepared.run.log(describeProgress(counts, verb));
	}

	const [asked, input] = [outcomes[0], inputs[0]];
	if (prepared?.operation.waitUntil && asked?.kind === 'succeeded' && input?.kind === 'succeeded') {
		const until = prepared.operation.waitUntil(input.value, transport.clock.now());
		await waitForAnswer(context, asked.value[0]!, until);
	}

	const isRead = prepared?.operation.readsOnly === true;
	// The input may have a field `approved`, which must not count as an answer if the question was not asked.
	const noAnswer = selectedOperation(context, resources)?.waitUntil && NO_ANSWER;
	const toErrorOutput = node.onError === 'continueErrorOutput';
	return [
		outcomes.flatMap((outcome, itemIndex): INodeExecutionData[] => {
			const pairedItem = { item: itemIndex };
			if (outcome.kind === 'succeeded')
				return outcome.value.map(({ json, binary }) => ({
					// A copy, since later nodes may change it: the ledger, other items and other executions
					// share the record of a write.
					json: isRead ? json : structuredClone(json),
					pairedItem,
					...(binary && { binary }),
				}));
			if (outcome.kind === 'notStarted') return [];
			const { json, binary } = items[itemIndex]!;
			const error = toErrorData(outcome.error);
			if (!toErrorOutput) return [{ json: { ...json, ...noAnswer, error }, binary, pairedItem }];
			// n8n sends an item to the error output if it has nothing but an `error`, and adds the input of a paired
			// item. So an item whose input has an answer stays unpaired; n8n then pairs it itself if it is the only one.
			const isPaired = !noAnswer || !('approved' in json);
			return [{ json: { error }, binary, ...(isPaired && { pairedItem }) }];
		}),
	];
}
