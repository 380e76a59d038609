import type { FastifyRequest } from 'fastify';
import { ApiError } from './errors';
import type { RateLimiter } from './rateLimit';

const BEARER = /^Bearer (\S+)$/;

export interface Keys {
	apiKey: string;
	readOnlyApiKey?: string;
}

function knownKey(header: string | undefined, { apiKey, readOnlyApiKey }: Keys): string {
	if (header === undefined) throw new ApiError(401, 'API key is missing');
	const key = BEARER.exec(header)?.[1];
	if (key === undefined) throw new ApiError(401, 'Send the API key as: Authorization: Bearer KEY');
	if (key !== apiKey && key !== readOnlyApiKey) throw new ApiError(401, 'API key is not valid');
	return key;
}

/** The handler of the contract's security scheme: 401 without a known key, 429 over its limit, 403 for a write with the read-only one. */
export function bearerSecurity(keys: Keys, limiter: RateLimiter | undefined) {
	return {
		bearer(request: FastifyRequest): void {
			const key = knownKey(request.headers.authorization, keys);
			limiter?.take(key);
			if (key !== keys.apiKey && request.method !== 'GET') {
				throw new ApiError(403, 'This API key is read-only');
			}
		},
	};
}
