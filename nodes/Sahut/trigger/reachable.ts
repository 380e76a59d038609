import { NodeOperationError, type IHookFunctions } from 'n8n-workflow';

import { DEFAULT_BASE_URL, hostOf, isLoopback, isOnThisComputer } from '../transport/connection';

/** Names that the internet does not know: without a dot, or reserved (RFC 2606, 6761, 6762, 8375). */
const PRIVATE_NAME =
	/^[^.:]+$|(^|\.)(localhost|local|internal|lan|home\.arpa|test|example|invalid)\.?$/;

/** Addresses that the internet does not route (RFC 1122, 1918, 3927, 6598; 4193, 4291). */
const PRIVATE_ADDRESS =
	/^(0|10|127|169\.254|172\.(1[6-9]|2\d|3[01])|192\.168|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.[\d.]+$|^\[(::1?\]|f[cd][\da-f]{2}:|fe[89ab][\da-f]:)/;

/** Whether a web address is one that nobody outside of this network can reach. */
export function isPrivate(address: string): boolean {
	const host = hostOf(address);
	return PRIVATE_NAME.test(host) || PRIVATE_ADDRESS.test(host);
}

/**
 * Sahut delivers to HTTPS addresses on the internet only; a sandbox on this computer also to itself.
 * Where the API is at another address than Sahut's own, who knows what it reaches: the log says so.
 *
 * @throws NodeOperationError when nothing could ever arrive.
 */
export function assertReachable(context: IHookFunctions, url: string, api: string): void {
	const isRefused = isLoopback(url) ? !isOnThisComputer(api) : !url.startsWith('https:');
	if (isRefused || (isPrivate(url) && hostOf(api) === hostOf(DEFAULT_BASE_URL))) {
		throw new NodeOperationError(context.getNode(), `Sahut cannot deliver to ${url}`, {
			description:
				'Sahut needs an HTTPS address that can be reached from the internet. Set the environment variable WEBHOOK_URL of your n8n to its public address, or use a tunnel while you try things out. Start n8n again, and then publish the workflow (in n8n 1.x, turn on its Active switch).',
		});
	}
	if (isPrivate(url) && !isOnThisComputer(api)) {
		context.logger.warn(
			`The Sahut Trigger asks for deliveries to ${url}, an address that only your own network knows. If none arrive, set WEBHOOK_URL to the public address of this n8n and start it again.`,
		);
	}
}
