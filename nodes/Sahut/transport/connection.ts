import { UserError } from 'n8n-workflow';

/** The default of the credential's Base URL (API reference, "Basics"). */
export const DEFAULT_BASE_URL = 'https://api.sahut.id/v1';

// Includes the unspecified address, which leads to this computer too: people set N8N_HOST to it.
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\])$/;

/** Docker's name for the computer on which a container runs. */
const DOCKER_HOST = 'host.docker.internal';

/** Returns the normalized host name of a web address, without the port; `''` for other texts. */
export function hostOf(address: string): string {
	return URL.canParse(address) ? new URL(address).hostname : '';
}

/** Whether a web address has a loopback host, such as `localhost`, or the unspecified address. */
export function isLoopback(address: string): boolean {
	return LOOPBACK_HOST.test(hostOf(address));
}

/** Whether requests to a web address stay on this computer, including those from a container to its host. */
export function isOnThisComputer(address: string): boolean {
	return isLoopback(address) || hostOf(address) === DOCKER_HOST;
}

/**
 * Whether requests from one web address can reach another. Checks only loopback hosts, which can be reached only from
 * their own machine.
 */
export function isReachableFrom(from: string, address: string): boolean {
	return !isLoopback(address) || isOnThisComputer(from);
}

/** Removes whitespace and the prefix `Bearer ` from an API key. */
function removeBearer(apiKey: unknown): string {
	return String(apiKey ?? '')
		.trim()
		.replace(/^Bearer(\s+|$)/i, '');
}

/**
 * Returns the API key without surrounding whitespace and without the prefix `Bearer `, which people copy
 * from documentation.
 *
 * @throws UserError if the key is empty
 */
export function normalizeApiKey(apiKey: unknown): string {
	const key = removeBearer(apiKey);
	if (key === '') {
		throw new UserError('The API Key is empty', {
			description:
				'Open the Sahut credential and paste the key from Settings → Integrations → API Keys in Sahut.',
		});
	}
	return key;
}

/** The prefix of Sahut's API keys (API reference, "Basics"). */
export const API_KEY_PREFIX = /sk_(live|test)_/i;

/** A shorter key may be part of another text by chance. */
export const MIN_KEY_LENGTH = 8;

/** Whether a text contains the API key, or one that looks like a key of Sahut. */
function containsApiKey(text: string, apiKey: unknown): boolean {
	const key = removeBearer(apiKey).toLowerCase();
	return (
		API_KEY_PREFIX.test(text) || (key.length >= MIN_KEY_LENGTH && text.toLowerCase().includes(key))
	);
}

/**
 * Normalizes the base URL, and removes trailing slashes. Errors do not quote it, since it may contain a key
 * that was pasted into the wrong field.
 *
 * @throws UserError if it is not a web address, contains an API key, or begins with `http:` and leads to
 * another computer, which would expose the key
 */
export function normalizeBaseUrl(baseUrl: unknown, apiKey?: unknown): string {
	const text = String(baseUrl ?? '')
		.trim()
		.replace(/\/+$/, '');
	if (containsApiKey(text, apiKey)) {
		throw new UserError('The Base URL contains an API key', {
			description: `Open the Sahut credential, paste the key into API Key, and enter ${DEFAULT_BASE_URL} as the Base URL.`,
		});
	}
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (!url || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '') {
		throw new UserError('The Base URL is not a web address', {
			description: `Open the Sahut credential and enter ${DEFAULT_BASE_URL} as the Base URL.`,
		});
	}
	if (url.protocol === 'http:' && !isOnThisComputer(text)) {
		throw new UserError(
			'The Base URL begins with http:, which would send your API key across the network unencrypted',
			{
				description:
					'Open the Sahut credential and change http: to https: in the Base URL. The node accepts http: only for this computer (localhost, 127.0.0.1; host.docker.internal from a container).',
			},
		);
	}
	return url.href.replace(/\/+$/, '');
}
