import { UserError, type IExecuteFunctions } from 'n8n-workflow';

import { DEFAULT_CONCURRENCY, type TransportSettings } from '../transport/settings';
import type { Operation } from './operation';
import type { Params } from './params';

const MAX_CONCURRENCY = 20;

/**
 * How long before a *Retry* the first execution is assumed to have begun, if n8n does not report it. Less
 * than a day, so that the messages that a daily workflow sent the day before do not count.
 */
const ASSUMED_RETRY_DELAY_MS = 20 * 60 * 60 * 1_000;

/** Returns the index of this run of the node, from 0: in a loop, a node runs several times. */
export function readRunIndex(context: IExecuteFunctions): number {
	return Number(context.evaluateExpression('{{ $runIndex }}', 0));
}

/** Returns the input of an AI agent's call as text; undefined if the node is not used as a tool. */
export function readToolCall(context: IExecuteFunctions): string | undefined {
	// n8n 1.x has no `isToolExecution`; there, only the context of a tool has a `connectionType`.
	const isTool = context.isToolExecution?.() ?? 'connectionType' in context;
	return isTool ? JSON.stringify(context.getInputData().map(({ json }) => json)) : undefined;
}

/**
 * Returns when the execution or, for a *Retry*, the first one began, in milliseconds since the epoch;
 * undefined if n8n does not report a time.
 *
 * n8n 1.x does not store the time before an execution has ended. If its process died, n8n 1.x reports the
 * time of the *Retry* instead. This function then returns the earliest probable time.
 */
export function readStartTime(context: IExecuteFunctions): number | undefined {
	const executionContext = context.getExecutionContext?.();
	const isTimeOfRetry = executionContext?.source === 'retry';
	return (
		executionContext &&
		executionContext.establishedAt - (isTimeOfRetry ? ASSUMED_RETRY_DELAY_MS : 0)
	);
}

/** Reads Concurrency, rounded and limited to its range. */
function readConcurrency(params: Params, fallback: number): number {
	const given = params.number('options.concurrency') ?? fallback;
	return Math.round(Math.min(MAX_CONCURRENCY, Math.max(1, given)));
}

/** Reads Requests per Minute; `Infinity` if it is not given. @throws UserError if it is below 1 */
function readRequestsPerMinute(params: Params): number {
	const given = params.number('options.requestsPerMinute') ?? Infinity;
	if (given >= 1) return given;
	throw new UserError('Requests per Minute must be at least 1', {
		description: `The value for the first item is ${given}, and it applies to all items. Enter 1 or more. To send as fast as your Sahut plan allows, remove the option.`,
	});
}

/** Reads the options that apply to all items. @param params the fields of the first item */
export function readLimits(
	params: Params,
	{ readsOnly }: Operation,
): Pick<TransportSettings, 'concurrency' | 'requestsPerMinute'> {
	return {
		concurrency: readConcurrency(params, DEFAULT_CONCURRENCY[readsOnly ? 'read' : 'write']),
		requestsPerMinute: readRequestsPerMinute(params),
	};
}
