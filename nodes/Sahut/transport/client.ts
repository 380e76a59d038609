import { createHash } from 'crypto';
import {
	UserError,
	type ICredentialDataDecryptedObject,
	type IExecuteFunctions,
	type IHookFunctions,
	type ILoadOptionsFunctions,
	type IN8nHttpFullResponse,
	type IWebhookFunctions,
} from 'n8n-workflow';

import { normalizeApiKey, normalizeBaseUrl } from './connection';
import { errorCode } from './errorCode';
import { readEnvelope } from './envelope';
import { toNodeApiError } from './errors';
import { describeOutcome, isRateLimited, isSuccess, type Outcome } from './outcome';
import { RateLimitGate } from './rateLimitGate';
import { createRedactor } from './redact';
import { rateLimitPauseMs, retryAfterMs, retryDelayMs } from './retryPolicy';
import type { TransportSettings } from './settings';
import { createSlots } from './slots';
import type { Envelope, SahutClient, SahutRequest, Wording } from './types';

/** The contexts in which n8n can send a request: an execution, a searchable list, a trigger. */
export type RequestContext =
	| IExecuteFunctions
	| ILoadOptionsFunctions
	| IHookFunctions
	| IWebhookFunctions;

const CREDENTIAL = 'sahutApi';

/** The IDs in paths: of a conversation, a contact and a webhook (API reference). */
const SAHUT_ID = /^(conv|ct|wh)_\w+$/;

/**
 * Names a request in n8n's log. Omits its query and body, which may contain phone numbers and texts, and an ID
 * that is not one of Sahut: an expression may have returned a phone number or a name instead.
 */
function nameOf({ method, path }: SahutRequest): string {
	const parts = path.map((part, index) => (index % 2 === 0 || SAHUT_ID.test(part) ? part : '…'));
	return `${method} /${parts.join('/')}`;
}

/** Whether a text can be part of a URL. A text with a lone surrogate cannot. */
function isEncodable(text: string): boolean {
	try {
		encodeURIComponent(text);
		return true;
	} catch {
		return false;
	}
}

/** Throws a UserError if the URL cannot be encoded: without a request, a slot or a retry. */
function assertEncodable({ path, query = {} }: SahutRequest, { action, note }: Wording): void {
	if ([...path, ...Object.values(query)].every((each) => isEncodable(String(each)))) return;
	const description = [
		'Nothing was sent. Check the IDs and search texts of this item: an expression may have cut an emoji in half.',
		note,
	];
	throw new UserError(`The request to ${action} contains half an emoji`, {
		description: description.filter(Boolean).join(' '),
	});
}

/**
 * Reads the node's credential and returns a client for it. The client retries requests if this is safe
 * (`retryPolicy`), and all its requests share one rate-limit gate.
 *
 * @throws UserError if the API key is empty, or must not be sent to the base URL
 */
export async function connect(
	context: RequestContext,
	settings: TransportSettings,
): Promise<SahutClient> {
	const { timeoutMs, maxAttempts, clock, random } = settings;
	const credential = await context.getCredentials<ICredentialDataDecryptedObject>(CREDENTIAL);
	const apiKey = normalizeApiKey(credential.apiKey);
	const baseUrl = normalizeBaseUrl(credential.baseUrl, apiKey);
	const hashOf = (...parts: string[]) =>
		createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
	const credentialsDecrypted = { id: '', name: CREDENTIAL, type: CREDENTIAL, data: credential };
	const executionSignal =
		'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined;
	const inSlot = createSlots(settings.concurrency);
	const redact = createRedactor(apiKey);
	const gate = new RateLimitGate(clock, settings.requestsPerMinute);
	let serverAheadMs = 0;
	let requestCount = 0;

	const createBody = ({ body }: SahutRequest) => (typeof body === 'function' ? body() : body);

	const toUrl = ({ path }: SahutRequest) => `${baseUrl}/${path.map(encodeURIComponent).join('/')}`;

	/** Creates the URL and the body of a request. If this throws, nothing was sent, and a retry would not help. */
	function prepare(request: SahutRequest) {
		const body = createBody(request);
		request.onSend?.();
		// Serialized here, since axios drops properties named `__proto__` from an object.
		return { url: toUrl(request), json: body && JSON.stringify(body) };
	}

	/** Makes one attempt. */
	async function send(
		{ method, query }: SahutRequest,
		{ url, json }: ReturnType<typeof prepare>,
	): Promise<Outcome> {
		requestCount += 1;
		try {
			const response = (await context.helpers.httpRequestWithAuthentication.call(
				context,
				CREDENTIAL,
				{
					method,
					url,
					qs: query,
					body: json,
					headers: json ? { 'Content-Type': 'application/json' } : undefined,
					json: true,
					timeout: timeoutMs,
					disableFollowRedirect: true,
					returnFullResponse: true,
					// Otherwise, n8n would send the request again after a 401.
					ignoreHttpStatusErrors: true,
				},
				{ credentialsDecrypted },
			)) as IN8nHttpFullResponse;
			const { statusCode: status, headers } = response;
			const serverTime = Date.parse(String(headers.date));
			if (!Number.isNaN(serverTime)) serverAheadMs = serverTime - clock.now();
			const redactBody = isSuccess(status) ? redact.data : redact.error;
			return { kind: 'response', status, headers, body: redactBody(response.body) };
		} catch (error) {
			// Only a canceled execution makes n8n abort a request in flight.
			if (executionSignal?.aborted) return { kind: 'canceled', wasSent: true };
			const detail = String(redact.error((error as Error).message));
			return { kind: 'noResponse', code: errorCode(error), detail };
		}
	}

	const log = (message: string) =>
		context.logger.debug(`Sahut node "${context.getNode().name}": ${message}`);

	/** Makes attempts until one succeeds or the retry policy forbids another. */
	async function sendWithRetries(request: SahutRequest, signal?: AbortSignal): Promise<Outcome> {
		for (let attempt = 1; ; attempt++) {
			const moment = () => ({ now: clock.now(), random: random() });
			const sendPrepared = async (prepared: ReturnType<typeof prepare>) => {
				const result = await send(request, prepared);
				if (isRateLimited(result)) {
					const pauseMs = rateLimitPauseMs(result, attempt, moment());
					gate.close(pauseMs, result);
					log(`429 for ${nameOf(request)}: no requests for ${Math.round(pauseMs)} ms`);
				}
				return result;
			};
			const outcome = await gate.pass(() => prepare(request), sendPrepared, signal);
			if (attempt >= maxAttempts) return outcome;
			const delayMs = retryDelayMs(request, outcome, attempt, moment());
			if (delayMs === undefined) return outcome;
			// After a 429, all requests wait at the gate.
			if (isRateLimited(outcome)) continue;
			log(
				`${nameOf(request)} failed with ${describeOutcome(outcome)}: attempt ${attempt + 1} of ${maxAttempts} in ${Math.round(delayMs)} ms`,
			);
			await clock.sleep(delayMs, signal);
		}
	}

	return {
		log,

		describe: (request) => ({
			method: request.method,
			url: toUrl(request),
			...(request.body && { body: createBody(request) }),
		}),

		countRequests: () => requestCount,

		now: () => clock.now(),

		toServerTime: (localMs) => localMs + serverAheadMs,

		serverNow: () => clock.now() + serverAheadMs,

		workspaceId: hashOf(baseUrl, apiKey),

		addressId: hashOf(baseUrl),

		async request<T>(request: SahutRequest, wording: Wording): Promise<Envelope<T>> {
			const { signal = executionSignal } = request;
			assertEncodable(request, wording);
			const outcome = await inSlot(async () => await sendWithRetries(request, signal)).catch(
				(error: unknown): Outcome => {
					if (signal?.aborted) return { kind: 'canceled', wasSent: false };
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
