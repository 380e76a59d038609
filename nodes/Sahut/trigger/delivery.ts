import {
	NodeOperationError,
	type IDataObject,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { getConversation } from '../api/conversations';
import { connect } from '../transport/client';
import { isTransientError } from '../transport/errors';
import type { TransportSettings } from '../transport/settings';
import { claim, storeWithResponse } from './claim';
import { conversationIdOf, nameOf, parseBody, readEvent, type SahutEvent } from './envelope';
import { eventKey } from './eventKey';
import { applyFilters, isEventSelected, type Verdict } from './filters';
import { readOptions } from './options';
import { toOutput } from './output';
import { isSignatureValid, SIGNATURE_HEADER } from './signature';
import { triggerData } from './triggerData';
import { eventsOf, isCurrent } from './webhookState';

/** Sahut waits 10 seconds for a response, then delivers again (API reference, "Webhooks"). */
const RESPOND_WITHIN_MS = 7_000;

/** n8n responds with 200 and starts no execution. */
const NO_EXECUTION: IWebhookResponseData = {};

/** The verdict on a delivery that the trigger cannot parse: no filter can exclude it. */
const UNREADABLE: Verdict = { passes: true, unknown: [] };

/**
 * Responds with a status, without n8n: n8n sends a returned response with 200, and turns an error into
 * a 500 with a stack trace and a failed execution.
 */
function respond(context: IWebhookFunctions, status: number): IWebhookResponseData {
	context.getResponseObject().writeHead(status).end();
	return { noWebhookResponse: true };
}

async function fetchConversation(
	context: IWebhookFunctions,
	event: SahutEvent,
	transport: TransportSettings,
): Promise<IDataObject> {
	const id = conversationIdOf(event);
	// Without an ID, the conversation cannot be read, and its values stay unknown.
	if (id === undefined) return {};
	const limits = { timeoutMs: RESPOND_WITHIN_MS, maxAttempts: 1 };
	const sahut = await connect(context, { ...transport, ...limits });
	return { ...(await getConversation(sahut, id)) };
}

/**
 * Returns the error for an event whose filters need a conversation that Sahut refused to return. The
 * failed execution makes the problem visible, and Sahut delivers the event again.
 */
function createFilterError(
	context: IWebhookFunctions,
	error: Error & { description?: string | null },
) {
	const message = `An event could not be filtered: ${error.message}`;
	return new NodeOperationError(context.getNode(), message, {
		description: `${error.description ?? ''} Sahut will deliver the event again, up to five times within 43 minutes. If you remove Channel Names or IDs and Conversation Statuses from Options, the trigger does not need to read the conversation.`,
	});
}

/**
 * Handles a delivery of Sahut.
 *
 * - 401: the signature is invalid.
 * - 200 and an execution: the event is new, and no filter excludes it; or the trigger cannot parse it.
 * - 200 without an execution: a filter excludes the event, or n8n has already accepted it.
 * - 503, so that Sahut delivers the event again: a filter needs the conversation and Sahut does not
 *   return it in time, or n8n is still processing another delivery of the event.
 *
 * @throws NodeOperationError if a filter needs the conversation and Sahut refuses to return it. n8n
 * responds with 500 and shows a failed execution.
 */
export async function receive(
	context: IWebhookFunctions,
	transport: TransportSettings,
): Promise<IWebhookResponseData> {
	const { clock } = transport;
	const respondBy = clock.now() + RESPOND_WITHIN_MS;
	const { rawBody, headers } = context.getRequestObject();
	const { webhookId = '', secret, seen } = triggerData(context);
	if (!isSignatureValid(rawBody, headers[SIGNATURE_HEADER], secret)) {
		context.logger.warn(
			'A delivery to the Sahut Trigger was refused: its signature is not valid. If Sahut sent it, unpublish the workflow and publish it again (in n8n 1.x, turn its Active switch off and on). This creates a webhook with a new secret.',
		);
		return respond(context, 401);
	}

	const { filters, deduplicate, rawBody: includeBody } = readOptions(context);
	const body = parseBody(rawBody);
	if (!isEventSelected(filters, nameOf(body))) return NO_EXECUTION;
	const event = readEvent(body);
	const memory = eventsOf(webhookId, seen);
	const key = eventKey(event, rawBody);
	const verdict = event
		? await applyFilters(
				event,
				filters,
				async () => await fetchConversation(context, event, transport),
			).catch((error: Error) => error)
		: UNREADABLE;
	if (verdict instanceof Error) {
		if (!isTransientError(verdict)) throw createFilterError(context, verdict);
		context.logger.warn(
			`The Sahut Trigger could not filter an event, so Sahut will deliver it again: ${verdict.message}`,
		);
		return respond(context, 503);
	}
	if (!verdict.passes) {
		memory.noteState(key, clock.now());
		return NO_EXECUTION;
	}

	if (deduplicate) {
		const claimed = await claim(context, memory, key, { clock, respondBy });
		if (claimed === 'busy') return respond(context, 503);
		// If the workflow was published again in the meantime, this delivery must not overwrite the new data.
		if (isCurrent(webhookId, memory)) storeWithResponse(context, memory, key);
		if (claimed === 'known') return NO_EXECUTION;
	}
	return { workflowData: [[{ json: toOutput(event, body, includeBody, verdict.unknown) }]] };
}
