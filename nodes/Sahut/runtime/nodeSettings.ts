import { UserError, type IExecuteFunctions } from 'n8n-workflow';

import { DEFAULT_TRANSPORT, type TransportSettings } from '../transport/settings';

const MAX_CONCURRENCY = 20;

/**
 * Which run of the node this is within the execution, from 0: in a loop it runs several times.
 */
export function readRunIndex(context: IExecuteFunctions): number {
	return Number(context.evaluateExpression('{{ $runIndex }}', 0));
}

/**
 * A number from an option of the first item, which is one for all items. Nothing, as an expression
 * may give it, counts as not given.
 */
function readNumber(context: IExecuteFunctions, name: string): number | undefined {
	const given: unknown = context.getNodeParameter(name, 0, null);
	const number = given === null || given === '' ? NaN : Number(given);
	return Number.isNaN(number) ? undefined : number;
}

/** In the range of the field; beyond it, what comes closest. */
function readConcurrency(context: IExecuteFunctions): number {
	const given = readNumber(context, 'options.concurrency') ?? DEFAULT_TRANSPORT.concurrency;
	return Math.round(Math.min(MAX_CONCURRENCY, Math.max(1, given)));
}

/** @throws UserError for less than one, which would be no request at all. */
function readRequestsPerMinute(context: IExecuteFunctions): number {
	const given = readNumber(context, 'options.requestsPerMinute') ?? Infinity;
	if (given >= 1) return given;
	throw new UserError('Requests per Minute must be a number from 1', {
		description: `It is ${given}. Remove the option to send as fast as your plan allows.`,
	});
}

/** The options that are one for the whole node: the first item's. */
export function readTransport(context: IExecuteFunctions): TransportSettings {
	return {
		...DEFAULT_TRANSPORT,
		concurrency: readConcurrency(context),
		requestsPerMinute: readRequestsPerMinute(context),
	};
}
