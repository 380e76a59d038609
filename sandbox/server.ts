import createServer, { type FastifyInstance } from 'fastify';
import { registerApi, type ApiParts } from './api';
import { registerControl } from './control';
import type { Deliveries } from './deliveries';
import { errorBody, JSON_TYPE, sendError, toApiError } from './errors';

export interface ServerParts extends ApiParts {
	deliveries: Deliveries;
}

const NO_BODY_LIMIT = 2 ** 30;
const MAX_ID_LENGTH = 1000;

/** The API, with all that happens to its requests, and beside it the control endpoints, to which nothing does. */
export async function buildServer({ deliveries, ...api }: ServerParts): Promise<FastifyInstance> {
	const { journal, store } = api;
	const app = createServer({
		exposeHeadRoutes: false,
		forceCloseConnections: true,
		bodyLimit: NO_BODY_LIMIT,
		routerOptions: { maxParamLength: MAX_ID_LENGTH },
		// Fastify would drop a field that is not known, and make texts of numbers.
		ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
		// A path that cannot be decoded, or an endless ID: Fastify runs no hooks for these.
		frameworkErrors: (error, request, reply) => {
			const { status, message } = toApiError(error);
			const { method = '', url = '', headers } = request.raw;
			journal.end(journal.begin(method, url, headers), status);
			reply.raw.writeHead(status, { 'content-type': JSON_TYPE });
			reply.raw.end(JSON.stringify(errorBody(status, message)));
		},
	});
	app.setErrorHandler((error, _request, reply) => sendError(error, reply));
	await app.register((instance) => registerApi(instance, api));
	await app.register(async (instance) => registerControl(instance, store, deliveries));
	return app;
}
