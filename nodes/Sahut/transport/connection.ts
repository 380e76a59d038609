import { UserError } from 'n8n-workflow';

/** Where Sahut's API is, unless the credential says otherwise (API reference, "Basics"). */
export const DEFAULT_BASE_URL = 'https://api.sahut.id/v1';

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether a web address leads to this computer itself. */
export function isLoopback(address: string): boolean {
	return URL.canParse(address) && LOOPBACK_HOST.test(new URL(address).hostname);
}

/**
 * The API key as Sahut expects it behind `Bearer `: without white space around it and without the
 * `Bearer ` that people copy along.
 *
 * @throws UserError when nothing is left.
 */
export function normalizeApiKey(apiKey: unknown): string {
	const key = String(apiKey ?? '')
		.trim()
		.replace(/^Bearer(\s+|$)/i, '');
	if (key === '') {
		throw new UserError('The API Key is empty', {
			description:
				'Open the Sahut credential and paste the key from Settings → Integrations → API Keys in Sahut.',
		});
	}
	return key;
}

/**
 * The base URL without white space around it and without a slash at its end.
 *
 * @throws UserError when it is no web address, or would send the API key in plain text: `http` is
 * for loopback addresses only.
 */
export function normalizeBaseUrl(baseUrl: unknown): string {
	const text = String(baseUrl ?? '')
		.trim()
		.replace(/\/+$/, '');
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (!url || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.hash !== '') {
		throw new UserError(`The Base URL "${text}" is not a web address`, {
			description: `Open the Sahut credential and use ${DEFAULT_BASE_URL}.`,
		});
	}
	if (url.protocol === 'http:' && !isLoopback(text)) {
		throw new UserError(
			`The Base URL "${text}" begins with http:, which would send your API key across the network unencrypted`,
			{
				description:
					'Open the Sahut credential and begin the Base URL with https:. Plain http is only accepted for this computer itself (localhost, 127.0.0.1).',
			},
		);
	}
	return text;
}
