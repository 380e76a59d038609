import { UserError, type IExecuteFunctions } from 'n8n-workflow';

import {
	DEFAULT_CONCURRENCY,
	DEFAULT_TRANSPORT,
	type TransportSettings,
} from '../transport/settings';
import type { Operation } from './operation';
import type { Params } from './params';

const MAX_CONCURRENCY = 20;

/** Less than a day, so that what a daily workflow has sent the day before is not taken for today's. */
const UNKNOWN_START_MS = 20 * 60 * 60 * 1_000;

/**
 * Which run of the node this is within the execution, from 0: in a loop it runs several times.
 */
export function readRunIndex(context: IExecuteFunctions): number {
	return Number(context.evaluateExpression('{{ $runIndex }}', 0));
}

/** What an AI agent calls the node with, as its tool; n8n 1.x tells a tool by what it is connected by. */
export function readCall(context: IExecuteFunctions): string | undefined {
	const isTool = context.isToolExecution?.() ?? 'connectionType' in context;
	return isTool ? JSON.stringify(context.getInputData().map(({ json }) => json)) : undefined;
}

/**
 * When the execution began or, for a retry, the first one did, in milliseconds since the epoch; nothing
 * where n8n does not tell. n8n 1.x stores no such time until an execution has ended, and takes the time
 * of the retry when its process has died before: then it is as early as that is likely.
 */
export function readStart(context: IExecuteFunctions): number | undefined {
	const known = context.getExecutionContext?.();
	const isOfRetry = known?.source === 'retry';
	return known && known.establishedAt - (isOfRetry ? UNKNOWN_START_MS : 0);
}

/** Reads Concurrency, rounded and limited to its range. */
function readConcurrency(params: Params, fallback: number): number {
	const given = params.number('options.concurrency') ?? fallback;
	return Math.round(Math.min(MAX_CONCURRENCY, Math.max(1, given)));
}

/** Reads Requests per Minute; Infinity if it is not given. @throws UserError if it is below 1 */
function readRequestsPerMinute(params: Params): number {
	const given = params.number('options.requestsPerMinute') ?? Infinity;
	if (given >= 1) return given;
	throw new UserError('Requests per Minute must be a number from 1', {
		description: `It is ${given}. Remove the option to send as fast as your plan allows.`,
	});
}

/** Reads the options that apply to the whole node. @param params of the first item */
export function readTransport(params: Params, { readsOnly }: Operation): TransportSettings {
	return {
		...DEFAULT_TRANSPORT,
		concurrency: readConcurrency(params, DEFAULT_CONCURRENCY[readsOnly ? 'read' : 'write']),
		requestsPerMinute: readRequestsPerMinute(params),
	};
}
