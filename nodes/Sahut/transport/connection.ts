import { UserError } from 'n8n-workflow';

/** Where Sahut's API is, unless the credential says otherwise (API reference, "Basics"). */
export const DEFAULT_BASE_URL = 'https://api.sahut.id/v1';

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** What a container calls the computer that it runs on, with Docker. */
const HOST_OF_CONTAINER = 'host.docker.internal';

/** The host of a web address in its usual form, without the port; empty when it is no web address. */
export function hostOf(address: string): string {
	return URL.canParse(address) ? new URL(address).hostname : '';
}

/** Whether a web address leads to this computer itself. */
export function isLoopback(address: string): boolean {
	return LOOPBACK_HOST.test(hostOf(address));
}

/** Whether a web address stays on this computer: also one from a container to the computer it runs on. */
export function isOnThisComputer(address: string): boolean {
	return isLoopback(address) || hostOf(address) === HOST_OF_CONTAINER;
}

function withoutBearer(apiKey: unknown): string {
	return String(apiKey ?? '')
		.trim()
		.replace(/^Bearer(\s+|$)/i, '');
}

/**
 * The API key as Sahut expects it behind `Bearer `: without white space around it and without the
 * `Bearer ` that people copy along.
 *
 * @throws UserError when nothing is left.
 */
export function normalizeApiKey(apiKey: unknown): string {
	const key = withoutBearer(apiKey);
	if (key === '') {
		throw new UserError('The API Key is empty', {
			description:
				'Open the Sahut credential and paste the key from Settings → Integrations → API Keys in Sahut.',
		});
	}
	return key;
}

/** How the API keys of Sahut begin (API reference, "Basics"). */
export const LIKE_AN_API_KEY = /sk_(live|test)_/i;

/** Anything shorter can be a part of an address by chance. */
export const MIN_KEY_LENGTH = 8;

function holdsKey(text: string, apiKey: unknown): boolean {
	const key = withoutBearer(apiKey).toLowerCase();
	return (
		LIKE_AN_API_KEY.test(text) || (key.length >= MIN_KEY_LENGTH && text.toLowerCase().includes(key))
	);
}

/**
 * The base URL in its canonical spelling, without a slash at its end. Errors do not show what
 * may be a key that was pasted into the wrong field.
 *
 * @throws UserError when it is no web address, holds an API key, or would send the key in plain text:
 * `http` is for what stays on this computer only.
 */
export function normalizeBaseUrl(baseUrl: unknown, apiKey?: unknown): string {
	const text = String(baseUrl ?? '')
		.trim()
		.replace(/\/+$/, '');
	if (holdsKey(text, apiKey)) {
		throw new UserError('There is an API key in the Base URL', {
			description: `Open the Sahut credential, put the key into API Key, and use ${DEFAULT_BASE_URL} as the Base URL.`,
		});
	}
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (!url || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '') {
		throw new UserError('The Base URL is not a web address', {
			description: `Open the Sahut credential and use ${DEFAULT_BASE_URL}.`,
		});
	}
	if (url.protocol === 'http:' && !isOnThisComputer(text)) {
		throw new UserError(
			`The Base URL begins with http:, which would send your API key across the network unencrypted`,
			{
				description:
					'Open the Sahut credential and begin the Base URL with https:. Plain http is only accepted for this computer itself (localhost, 127.0.0.1; host.docker.internal from a container).',
			},
		);
	}
	return url.href.replace(/\/+$/, '');
}
