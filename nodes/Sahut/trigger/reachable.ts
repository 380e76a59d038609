import { NodeOperationError, type IHookFunctions } from 'n8n-workflow';

import {
	DEFAULT_BASE_URL,
	hostOf,
	isLoopback,
	isOnThisComputer,
	isReachableFrom,
} from '../transport/connection';

/** Host names that public DNS does not resolve: without a dot, or reserved (RFC 2606, 6761, 6762, 8375). */
const PRIVATE_NAME =
	/^[^.:]+$|(^|\.)(localhost|local|internal|lan|home\.arpa|test|example|invalid)\.?$/;

/** IP addresses that the internet does not route (RFC 1122, 1918, 3927, 6598; 4193, 4291). */
const PRIVATE_ADDRESS =
	/^(0|10|127|169\.254|172\.(1[6-9]|2\d|3[01])|192\.168|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.[\d.]+$|^\[(::1?\]|f[cd][\da-f]{2}:|fe[89ab][\da-f]:)/;

/** Whether a web address cannot be reached from outside this network. */
export function isPrivate(address: string): boolean {
	const host = hostOf(address);
	return PRIVATE_NAME.test(host) || PRIVATE_ADDRESS.test(host);
}

/**
 * Asserts that the API can deliver to an address. Sahut delivers only to HTTPS addresses on the internet;
 * a sandbox on this computer also delivers to this computer. An API at another address may reach a
 * private network, so a private address only causes a warning in the log.
 *
 * @param url the address for deliveries
 * @param api the address of the API
 * @throws NodeOperationError if no delivery can arrive
 */
export function assertReachable(context: IHookFunctions, url: string, api: string): void {
	const isRefused = isLoopback(url) ? !isReachableFrom(api, url) : !url.startsWith('https:');
	if (isRefused || (isPrivate(url) && hostOf(api) === hostOf(DEFAULT_BASE_URL))) {
		throw new NodeOperationError(context.getNode(), `Sahut cannot deliver events to ${url}`, {
			description:
				'Sahut requires an HTTPS address that can be reached from the internet. Set the environment variable WEBHOOK_URL of n8n to its public address, or, for a test, to the address of a tunnel. Then restart n8n and publish the workflow (in n8n 1.x, turn on its Active switch).',
		});
	}
	if (isPrivate(url) && !isOnThisComputer(api)) {
		context.logger.warn(
			`The Sahut Trigger registers the address ${url}, which can be reached only from your own network. If no deliveries arrive, set WEBHOOK_URL to the public address of this n8n and restart it.`,
		);
	}
}
