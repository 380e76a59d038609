import createServer, { type FastifyInstance } from 'fastify';
import { registerApi, type ApiParts } from './api';
import { errorBody, JSON_TYPE, sendError, toApiError } from './errors';

const NO_BODY_LIMIT = 2 ** 30;
const MAX_ID_LENGTH = 1000;

/** The API, with all that happens to its requests. */
export async function buildServer(api: ApiParts): Promise<FastifyInstance> {
	const { journal } = api;
	const app = createServer({
		exposeHeadRoutes: false,
		forceCloseConnections: true,
		bodyLimit: NO_BODY_LIMIT,
		routerOptions: { maxParamLength: MAX_ID_LENGTH },
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
	return app;
}
