import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import createServer, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { assertKey, type ApiKeys } from './auth';
import {
	getStrictOperations,
	registerContract,
	useSharedValidators,
	type Handler,
} from './contract';
import { registerControlEndpoints } from './control';
import type { Deliveries } from './deliveries';
import { deviatePayload } from './deviate/responses';
import { deviateHandlers } from './deviate/handlers';
import { deviateOperations } from './deviate/operations';
import type { Deviations } from './deviations';
import { ApiError, createErrorBody, JSON_CONTENT_TYPE, sendError, toApiError } from './errors';
import { applyFaultToRequest, applyFaultToResponse } from './applyFault';
import type { Fault, RequestFaults } from './faults';
import { contactHandlers } from './handlers/contacts';
import { conversationHandlers } from './handlers/conversations';
import { registerFiles } from './handlers/files';
import { messageHandlers } from './handlers/messages';
import { webhookHandlers } from './handlers/webhooks';
import type { JournalEntry, RequestJournal } from './journal';
import type { RateLimiter } from './rateLimit';
import type { Store } from './store';

declare module 'fastify' {
	interface FastifyRequest {
		journalEntry: JournalEntry;
		fault: Fault | undefined;
	}
}

/** The parts of a sandbox that its server uses. */
export interface ServerDependencies {
	store: Store;
	journal: RequestJournal;
	faults: RequestFaults;
	keys: ApiKeys;
	limiter: RateLimiter | undefined;
	latencyMs: number;
	deviations: Deviations;
	/** The delay of `late-lists` and `stale-lists` in milliseconds. */
	listDelayMs: number;
	deliveries: Deliveries;
}

const NO_BODY_LIMIT = 2 ** 30;
const MAX_ID_LENGTH = 1000;

/** Records any body in the journal, and refuses those that are not JSON. */
function registerBodyParsers(app: FastifyInstance): void {
	app.removeAllContentTypeParsers();
	app.addContentTypeParser(
		'application/json',
		{ parseAs: 'string' },
		(request, text: string, done) => {
			if (text === '') return done(null, undefined);
			try {
				// Unlike Fastify's parser, this one accepts keys such as __proto__ as plain keys.
				request.journalEntry.body = JSON.parse(text);
			} catch {
				request.journalEntry.body = text;
				return done(new ApiError(400, 'The body is not valid JSON'), undefined);
			}
			return done(null, request.journalEntry.body);
		},
	);
	app.addContentTypeParser('*', { parseAs: 'string' }, (request, text: string, done) => {
		request.journalEntry.body = text;
		done(new ApiError(400, 'Send JSON with Content-Type: application/json'), undefined);
	});
}

/**
 * Registers the API, and a 404 for all other paths. The steps of a request: journal (headers) - body - fault
 * (before) - key, rate limit - contract - handler - contract - deviations - fault (after), latency - journal
 * (end).
 */
async function registerApi(
	app: FastifyInstance,
	{ store, journal, faults, keys, limiter, latencyMs, deviations, listDelayMs }: ServerDependencies,
): Promise<void> {
	const closing = new AbortController();
	// Every slow response adds a listener.
	setMaxListeners(0, closing.signal);
	app.addHook('preClose', async () => closing.abort());

	// The hooks below set them before they are read.
	app.decorateRequest('journalEntry');
	app.decorateRequest('fault');
	registerBodyParsers(app);
	app.setNotFoundHandler((request, reply) =>
		sendError(new ApiError(404, `No such endpoint: ${request.method} ${request.url}`), reply),
	);

	app.addHook('onRequest', async (request, reply) => {
		const entry = journal.begin(request.method, request.url, request.headers);
		request.journalEntry = entry;
		reply.raw.once('close', () => journal.end(entry));
	});

	app.addHook('preValidation', async (request, reply) => {
		request.fault = faults.take(request.journalEntry);
		if (!request.fault) return;
		request.journalEntry.fault = request.fault.kind;
		if (applyFaultToRequest(request.fault, reply)) return reply;
	});

	if (deviations.size > 0) {
		app.addHook('onSend', async (_, reply, payload) => deviatePayload(reply, payload, deviations));
	}
	app.addHook('onSend', async (request: FastifyRequest, reply, payload) => {
		const { fault, journalEntry } = request;
		const response = fault ? applyFaultToResponse(fault, reply, payload) : payload;
		reply.header('date', store.now().toUTCString());
		const delayMs = latencyMs + (fault?.kind === 'slow' ? fault.delayMs : 0);
		// close() aborts the delay: no client waits for the response then.
		const { signal } = closing;
		if (delayMs > 0) await wait(delayMs, undefined, { signal }).catch(() => undefined);
		if (fault?.kind === 'dropAfter') reply.raw.destroy();
		journal.end(journalEntry, reply.raw.destroyed ? undefined : reply.statusCode);
		return response;
	});

	registerFiles(app);
	const handlers = {
		...messageHandlers(store),
		...conversationHandlers(store),
		...contactHandlers(store),
		...webhookHandlers(store),
	} as object as Record<string, Handler>;
	registerContract(
		app,
		deviateOperations(app, getStrictOperations(), deviations),
		deviateHandlers(handlers, store, deviations, listDelayMs),
		(request) => assertKey(request, keys, limiter),
	);
}

/** Builds the server: the API with journal, faults, deviations and latency, and the control endpoints without. */
export async function buildServer(parts: ServerDependencies): Promise<FastifyInstance> {
	const { journal, store, deliveries } = parts;
	const app = createServer({
		exposeHeadRoutes: false,
		forceCloseConnections: true,
		bodyLimit: NO_BODY_LIMIT,
		routerOptions: { maxParamLength: MAX_ID_LENGTH },
		// Fastify runs no hooks for a path that cannot be decoded, or for an ID that is too long.
		frameworkErrors: (error, request, reply) => {
			const { status, message } = toApiError(error);
			const { method = '', url = '', headers } = request.raw;
			journal.end(journal.begin(method, url, headers), status);
			reply.raw.writeHead(status, { 'content-type': JSON_CONTENT_TYPE });
			reply.raw.end(JSON.stringify(createErrorBody(status, message)));
		},
	});
	useSharedValidators(app);
	app.setErrorHandler((error, _request, reply) => sendError(error, reply));
	await app.register((instance) => registerApi(instance, parts));
	await app.register(async (instance) => registerControlEndpoints(instance, store, deliveries));
	return app;
}
