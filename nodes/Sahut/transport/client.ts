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
import { isRateLimited, isSuccess, type Outcome } from './outcome';
import { RateLimitGate } from './rateLimitGate';
import { createRedactor } from './redact';
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

/** Whether a text can be part of a URL: a lone surrogate cannot. */
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
	throw new UserError(`The request to ${action} contains half of an emoji`, {
		description: description.filter(Boolean).join(' '),
	});
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
	const redact = createRedactor(apiKey);
	const gate = new RateLimitGate(clock, settings.requestsPerMinute);
	let serverAheadMs = 0;

	const bodyOf = ({ body }: SahutRequest) => (typeof body === 'function' ? body() : body);

	const urlOf = ({ path }: SahutRequest) => `${baseUrl}/${path.map(encodeURIComponent).join('/')}`;

	async function send(request: SahutRequest, signal?: AbortSignal): Promise<Outcome> {
		const { method, query } = request;
		if (signal?.aborted) return { kind: 'canceled', wasSent: false };
		// Outside the `try`: an error here means that nothing was sent, and must not cause a retry.
		const body = bodyOf(request);
		const url = urlOf(request);
		// As text, since axios drops properties called `__proto__` from an object.
		const text = body && JSON.stringify(body);
		try {
			const answer = (await context.helpers.httpRequestWithAuthentication.call(
				context,
				CREDENTIAL,
				{
					method,
					url,
					qs: query,
					body: text,
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
			const redacted = isSuccess(status) ? redact.data(answer.body) : redact.error(answer.body);
			return { kind: 'response', status, headers, body: redacted };
		} catch (error) {
			// n8n breaks off what is on its way when the execution is cancelled, and only then.
			if (executionSignal?.aborted) return { kind: 'canceled', wasSent: true };
			const detail = String(redact.error((error as Error).message));
			return { kind: 'noResponse', code: errorCode(error), detail };
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
			assertEncodable(request, wording);
			const outcome = await inSlot(async () => await sendUntilItStands(request, signal)).catch(
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
