import type { FastifyInstance, RouteOptions } from 'fastify';
import type { Deviations } from '../deviations';
import { ApiError } from '../errors';

interface BodySchema {
	body?: { content: Record<string, { schema: { properties?: Record<string, object> } }> };
}

/** The contract wants E.164 there. */
function takeAnyPhone({ schema }: RouteOptions): void {
	for (const { schema: body } of Object.values((schema as BodySchema).body?.content ?? {})) {
		if (body.properties?.['phone']) body.properties['phone'] = { type: 'string' };
	}
}

/** Changes the contract's routes, before they are made of it. Call it before they are registered. */
export function deviateRoutes(app: FastifyInstance, deviations: Deviations): void {
	app.addHook('onRoute', (route) => {
		if (!route.schema) return;
		if (deviations.has('raw-phones')) takeAnyPhone(route);
		if (!deviations.has('patch-only')) return;
		if (route.method === 'PUT' && route.url.includes('/conversations/')) {
			route.method = 'PATCH';
			app.put(route.url, async () => {
				throw new ApiError(405, 'Method not allowed');
			});
		}
	});
}
