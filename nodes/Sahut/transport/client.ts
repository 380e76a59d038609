import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	IHookFunctions,
	ILoadOptionsFunctions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';

import { normalizeApiKey, normalizeBaseUrl } from './connection';
import { toNodeApiError } from './errors';
import { createSlots } from './slots';
import type { Envelope, Outcome, SahutRequest } from './types';

/** The n8n functions that can make a request: in an execution, in a searchable list, in a trigger. */
export type RequestContext = IExecuteFunctions | ILoadOptionsFunctions | IHookFunctions;

/** Talks to one Sahut workspace. Knows nothing of items. */
export interface SahutClient {
	/**
	 * Sends one request.
	 *
	 * @returns `data` and, for lists, `meta` of the answer.
	 * @throws NodeApiError when Sahut refuses, does not answer, or answers something else.
	 */
	request<T>(request: SahutRequest): Promise<Envelope<T>>;
}

export interface TransportSettings {
	/** How long Sahut may take to answer one request, in milliseconds. */
	timeoutMs: number;
	/** How many requests may be in flight at once. */
	concurrency: number;
}

export const DEFAULT_TRANSPORT: TransportSettings = { timeoutMs: 30_000, concurrency: 5 };

const CREDENTIAL = 'sahutApi';

/** The first `code` on an error or on what caused it: n8n wraps axios' errors, axios wraps Node's. */
function errorCode(error: unknown): string {
	const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
	if (typeof code === 'string') return code;
	return cause === undefined ? '' : errorCode(cause);
}

/** Whether an answer is the success that the request expects, with its data. */
function isExpected(outcome: Outcome, { expects }: SahutRequest): boolean {
	if (outcome.kind !== 'answer' || outcome.status < 200 || outcome.status >= 300) return false;
	const { data } = (outcome.body ?? {}) as { data?: unknown };
	return expects === 'list' ? Array.isArray(data) : typeof data === 'object' && data !== null;
}

/**
 * Opens the credential of the node, once, and returns a client for it.
 *
 * @throws UserError when the API key is empty or the base URL is none that a key may be sent to.
 */
export async function connect(
	context: RequestContext,
	settings: TransportSettings = DEFAULT_TRANSPORT,
): Promise<SahutClient> {
	const credential = await context.getCredentials<ICredentialDataDecryptedObject>(CREDENTIAL);
	normalizeApiKey(credential.apiKey);
	const baseUrl = normalizeBaseUrl(credential.baseUrl);
	const inSlot = createSlots(settings.concurrency);
	const credentialsDecrypted = { id: '', name: CREDENTIAL, type: CREDENTIAL, data: credential };

	async function attempt({ method, path, query, body }: SahutRequest): Promise<Outcome> {
		try {
			const answer = (await context.helpers.httpRequestWithAuthentication.call(
				context,
				CREDENTIAL,
				{
					method,
					url: `${baseUrl}/${path.map(encodeURIComponent).join('/')}`,
					qs: query,
					// As text, since axios drops properties called `__proto__` from an object.
					body: body && JSON.stringify(body),
					headers: body && { 'Content-Type': 'application/json' },
					json: true,
					timeout: settings.timeoutMs,
					disableFollowRedirect: true,
					returnFullResponse: true,
					// An error status must not throw: n8n would send a request again after a 401.
					ignoreHttpStatusErrors: true,
				},
				{ credentialsDecrypted },
			)) as IN8nHttpFullResponse;
			const { statusCode: status, headers } = answer;
			return { kind: 'answer', status, headers, body: answer.body };
		} catch (error) {
			return { kind: 'noAnswer', code: errorCode(error), detail: (error as Error).message };
		}
	}

	return {
		async request<T>(request: SahutRequest): Promise<Envelope<T>> {
			const outcome = await inSlot(async () => await attempt(request));
			if (outcome.kind === 'answer' && isExpected(outcome, request)) {
				return outcome.body as Envelope<T>;
			}
			throw toNodeApiError(context.getNode(), request, outcome, {
				origin: new URL(baseUrl).origin,
				timeoutMs: settings.timeoutMs,
			});
		},
	};
}
