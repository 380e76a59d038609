import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import createServer, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { assertKey, type Keys } from './auth';
import { closedOperations, registerContract, shareCompiled, type Handler } from './contract';
import { registerControl } from './control';
import type { Deliveries } from './deliveries';
import { deviatedPayload } from './deviate/answers';
import { deviateHandlers } from './deviate/handlers';
import { deviateOperations } from './deviate/operations';
import type { Deviations } from './deviations';
import { ApiError, errorBody, JSON_TYPE, sendError, toApiError } from './errors';
import { actBeforeHandling, payloadAfterHandling } from './faultActions';
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

export interface ServerParts {
	store: Store;
	journal: RequestJournal;
	faults: RequestFaults;
	keys: Keys;
	limiter: RateLimiter | undefined;
	latencyMs: number;
	deviations: Deviations;
	/** How long lists delay, where they do. */
	listDelayMs: number;
	deliveries: Deliveries;
}

const NO_BODY_LIMIT = 2 ** 30;
const MAX_ID_LENGTH = 1000;

/** Any text is taken; what is no JSON is kept for the journal and then refused. */
function parseBodies(app: FastifyInstance): void {
	app.removeAllContentTypeParsers();
	app.addContentTypeParser(
		'application/json',
		{ parseAs: 'string' },
		(request, text: string, done) => {
			if (text === '') return done(null, undefined);
			try {
				// Unlike Fastify's own parser, this one lets keys such as __proto__ through as plain keys.
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
 * Gives the server the API and all other paths that nothing else serves. The way of a request: journal
 * (headers) - body - fault (before) - key, rate limit - contract - handler - contract - deviations -
 * fault (after), latency - journal (end).
 */
async function registerApi(
	app: FastifyInstance,
	{ store, journal, faults, keys, limiter, latencyMs, deviations, listDelayMs }: ServerParts,
): Promise<void> {
	const closing = new AbortController();
	// Every slow answer listens to it.
	setMaxListeners(0, closing.signal);
	app.addHook('preClose', async () => closing.abort());

	// Set by the hooks below before anything reads them.
	app.decorateRequest('journalEntry');
	app.decorateRequest('fault');
	parseBodies(app);
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
		if (actBeforeHandling(request.fault, reply)) return reply;
	});

	if (deviations.size > 0) {
		app.addHook('onSend', async (_, reply, payload) => deviatedPayload(reply, payload, deviations));
	}
	app.addHook('onSend', async (request: FastifyRequest, reply, payload) => {
		const { fault, journalEntry } = request;
		const answer = fault ? payloadAfterHandling(fault, reply, payload) : payload;
		reply.header('date', store.now().toUTCString());
		const delayMs = latencyMs + (fault?.kind === 'slow' ? fault.delayMs : 0);
		// Ended early by close(): then nobody waits for the answer any more.
		const { signal } = closing;
		if (delayMs > 0) await wait(delayMs, undefined, { signal }).catch(() => undefined);
		if (fault?.kind === 'dropAfter') reply.raw.destroy();
		journal.end(journalEntry, reply.raw.destroyed ? undefined : reply.statusCode);
		return answer;
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
		deviateOperations(app, closedOperations(), deviations),
		deviateHandlers(handlers, store, deviations, listDelayMs),
		(request) => assertKey(request, keys, limiter),
	);
}

/** The API, with all that happens to its requests, and beside it the control endpoints, to which nothing does. */
export async function buildServer(parts: ServerParts): Promise<FastifyInstance> {
	const { journal, store, deliveries } = parts;
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
	shareCompiled(app);
	app.setErrorHandler((error, _request, reply) => sendError(error, reply));
	await app.register((instance) => registerApi(instance, parts));
	await app.register(async (instance) => registerControl(instance, store, deliveries));
	return app;
}
