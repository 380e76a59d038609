import type { FastifyRequest } from 'fastify';
import { ApiError } from './errors';
import type { RateLimiter } from './rateLimit';

const BEARER = /^Bearer (\S+)$/;

/** The API keys that the sandbox accepts. */
export interface ApiKeys {
	apiKey: string;
	secondApiKey?: string | undefined;
	readOnlyApiKey?: string | undefined;
}

/**
 * Checks the key of a request, and counts the request against the rate limit of the key.
 * @throws {ApiError} 401 without a known key, 429 over the limit, 403 for a write with the read-only key.
 */
export function assertKey(
	{ method, headers: { authorization } }: FastifyRequest,
	{ apiKey, secondApiKey, readOnlyApiKey }: ApiKeys,
	limiter: RateLimiter | undefined,
): void {
	if (authorization === undefined) throw new ApiError(401, 'API key is missing');
	const key = BEARER.exec(authorization)?.[1];
	if (key === undefined) throw new ApiError(401, 'Send the API key as: Authorization: Bearer KEY');
	const canWrite = key === apiKey || key === secondApiKey;
	if (!canWrite && key !== readOnlyApiKey) throw new ApiError(401, 'API key is not valid');
	limiter?.take(key);
	if (!canWrite && method !== 'GET') throw new ApiError(403, 'This API key is read-only');
}
