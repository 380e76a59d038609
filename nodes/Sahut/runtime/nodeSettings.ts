import type { IExecuteFunctions } from 'n8n-workflow';

import { DEFAULT_TRANSPORT, type TransportSettings } from '../transport/settings';

const CONCURRENCY = { fallback: DEFAULT_TRANSPORT.concurrency, min: 1, max: 20 };
const REQUESTS_PER_MINUTE = { fallback: Infinity, min: 1, max: Infinity };

/**
 * Which run of the node this is within the execution, from 0: in a loop it runs several times.
 */
export function readRunIndex(context: IExecuteFunctions): number {
	return Number(context.evaluateExpression('{{ $runIndex }}', 0));
}

/** A whole number from an option of the first item, brought into its range; it is one for all items. */
function readSetting(
	context: IExecuteFunctions,
	name: string,
	{ fallback, min, max }: { fallback: number; min: number; max: number },
): number {
	const given = Number(context.getNodeParameter(name, 0, fallback));
	return Number.isNaN(given) ? fallback : Math.round(Math.min(max, Math.max(min, given)));
}

/** The options that are one for the whole node: the first item's. */
export function readTransport(context: IExecuteFunctions): TransportSettings {
	return {
		...DEFAULT_TRANSPORT,
		concurrency: readSetting(context, 'options.concurrency', CONCURRENCY),
		requestsPerMinute: readSetting(context, 'options.requestsPerMinute', REQUESTS_PER_MINUTE),
	};
}
