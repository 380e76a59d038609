import { isSuccess, type Outcome } from './outcome';
import type { Envelope, SahutRequest } from './types';

/**
 * Returns the body of a response if it is the success that the request expects; otherwise undefined. Also
 * accepts a record without `data` around it, if it has an ID.
 */
export function readEnvelope(
	outcome: Outcome,
	{ expects, method }: SahutRequest,
): Envelope<unknown> | undefined {
	if (outcome.kind !== 'response' || !isSuccess(outcome.status)) return undefined;
	if (expects === 'nothing') return { data: outcome.body };
	const body = (outcome.body ?? {}) as Partial<Envelope<unknown>> & { id?: unknown };
	if (expects === 'list') {
		if (body.data === null && body.meta?.total === 0) return { ...body, data: [] };
		return Array.isArray(body.data) ? (body as Envelope<unknown>) : undefined;
	}
	const data = body.data === undefined && body.id ? body : body.data;
	if (typeof data !== 'object' || data === null) return undefined;
	// The next requests need the ID of the created record.
	return method !== 'POST' || ('id' in data && data.id) ? { data } : undefined;
}
