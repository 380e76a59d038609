import { createHash } from 'crypto';
import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHookFunctions,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
	IWebhookFunctions,
} from 'n8n-workflow';

import { normalizeApiKey, normalizeBaseUrl } from './connection';
import { errorCode } from './errorCode';
import { toNodeApiError } from './errors';
import { isRateLimited, isSuccess, type Outcome } from './outcome';
import { RateLimitGate } from './rateLimitGate';
import { rateLimitPauseMs, retryAfterMs, retryDelayMs } from './retryPolicy';
import { DEFAULT_TRANSPORT, type TransportSettings } from './settings';
import { createSlots } from './slots';
import type { Envelope, SahutClient, SahutRequest, Wording } from './types';

/** The n8n functions that can make a request: in an execution, in a searchable list, in a trigger. */
export type RequestContext =
	| IExecuteFunctions
	| ILoadOptionsFunctions
	| IHookFunctions
	| IWebhookFunctions;

const CREDENTIAL = 'sahutApi';

/**
 * What an answer has, if it is the success that the request expects. A record that comes without `data`
 * around it is one too: it is known by its ID.
 */
function readEnvelope(
	outcome: Outcome,
	{ expects, method }: SahutRequest,
): Envelope<unknown> | undefined {
	if (outcome.kind !== 'answer' || !isSuccess(outcome.status)) return undefined;
	if (expects === 'nothing') return { data: outcome.body };
	const body = (outcome.body ?? {}) as Partial<Envelope<unknown>> & { id?: unknown };
	if (expects === 'list') {
		if (body.data === null && body.meta?.total === 0) return { ...body, data: [] };
		return Array.isArray(body.data) ? (body as Envelope<unknown>) : undefined;
	}
	const data = body.data === undefined && body.id ? body : body.data;
	if (typeof data !== 'object' || data === null) return undefined;
	// What was made is gone on with by its ID.
	return method !== 'POST' || ('id' in data && data.id) ? { data } : undefined;
}

/**
 * Opens the credential of the node, once, and returns a client for it. The client repeats what may
 * be repeated (`retryPolicy`), and all its requests share one rate-limit gate.
 *
 * @throws UserError when the API key is empty or the base URL is none that a key may be sent to.
 */
export async function connect(
	context: RequestContext,
	settings: TransportSettings = DEFAULT_TRANSPORT,
): Promise<SahutClient> {
	const { timeoutMs, maxAttempts, clock, random } = settings;
	const credential = await context.getCredentials<ICredentialDataDecryptedObject>(CREDENTIAL);
	const apiKey = normalizeApiKey(credential.apiKey);
	const baseUrl = normalizeBaseUrl(credential.baseUrl, apiKey);
	const hash = (...parts: string[]) =>
		createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
	const credentialsDecrypted = { id: '', name: CREDENTIAL, type: CREDENTIAL, data: credential };
	const executionSignal =
		'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
	const inSlot = createSlots(settings.concurrency);
	const gate = new RateLimitGate(clock, settings.requestsPerMinute);
	let serverAheadMs = 0;

	const bodyOf = ({ body }: SahutRequest) => (typeof body === 'function' ? body() : body);

	const urlOf = ({ path }: SahutRequest) => `${baseUrl}/${path.map(encodeURIComponent).join('/')}`;

	async function send(request: SahutRequest, signal?: AbortSignal): Promise<Outcome> {
		const { method, query } = request;
		if (signal?.aborted) return { kind: 'cancelled', wasSent: false };
		const body = bodyOf(request);
		try {
			const answer = (await context.helpers.httpRequestWithAuthentication.call(
				context,
				CREDENTIAL,
				{
					method,
					url: urlOf(request),
					qs: query,
					// As text, since axios drops properties called `__proto__` from an object.
					body: body && JSON.stringify(body),
					headers: body && { 'Content-Type': 'application/json' },
					json: true,
					timeout: timeoutMs,
					disableFollowRedirect: true,
					returnFullResponse: true,
					// An error status must not throw: n8n would send a request again after a 401.
					ignoreHttpStatusErrors: true,
				},
				{ credentialsDecrypted },
			)) as IN8nHttpFullResponse;
			const { statusCode: status, headers } = answer;
			const answeredAt = Date.parse(String(headers.date));
			if (!Number.isNaN(answeredAt)) serverAheadMs = answeredAt - clock.now();
			return { kind: 'answer', status, headers, body: answer.body };
		} catch (error) {
			// n8n breaks off what is on its way when the execution is cancelled, and only then.
			if (executionSignal?.aborted) return { kind: 'cancelled', wasSent: true };
			return { kind: 'noAnswer', code: errorCode(error), detail: (error as Error).message };
		}
	}

	async function sendUntilItStands(request: SahutRequest, signal?: AbortSignal): Promise<Outcome> {
		for (let attempt = 1; ; attempt++) {
			const circumstances = () => ({ now: clock.now(), random: random() });
			const outcome = await gate.pass(async () => {
				const answer = await send(request, signal);
				if (isRateLimited(answer)) {
					gate.close(rateLimitPauseMs(answer, attempt, circumstances()), answer);
				}
				return answer;
			}, signal);
			if (attempt >= maxAttempts) return outcome;
			const delayMs = retryDelayMs(request, outcome, attempt, circumstances());
			if (delayMs === undefined) return outcome;
			// After a 429 the gate does the waiting, for this request and all others.
			if (!isRateLimited(outcome)) await clock.sleep(delayMs, signal);
		}
	}

	return {
		describe: (request) => ({
			method: request.method,
			url: urlOf(request),
			...(request.body && { body: bodyOf(request) }),
		}),

		now: () => clock.now(),

		toServerTime: (localMs) => localMs + serverAheadMs,

		serverNow: () => clock.now() + serverAheadMs,

		workspaceId: hash(baseUrl, apiKey),

		addressId: hash(baseUrl),

		async request<T>(request: SahutRequest, wording: Wording): Promise<Envelope<T>> {
			const { signal = executionSignal } = request;
			const outcome = await inSlot(async () => await sendUntilItStands(request, signal)).catch(
				(error: unknown): Outcome => {
					if (signal?.aborted) return { kind: 'cancelled', wasSent: false };
					throw error;
				},
			);
			const envelope = readEnvelope(outcome, request);
			if (envelope) return envelope as Envelope<T>;
			throw toNodeApiError(context.getNode(), request, wording, outcome, {
				origin: new URL(baseUrl).origin,
				timeoutMs,
				waitMs: retryAfterMs(outcome, clock.now()),
			});
		},
	};
}
