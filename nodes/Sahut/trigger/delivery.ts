import {
	NodeOperationError,
	type IDataObject,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { getConversation } from '../api/conversations';
import { connect } from '../transport/client';
import { mayPassByItself } from '../transport/errors';
import { DEFAULT_TRANSPORT } from '../transport/settings';
import { claim, store } from './claim';
import { conversationIdOf, nameOf, parseBody, readEvent, type SahutEvent } from './envelope';
import { eventKey } from './eventKey';
import { applyFilters, isEventSelected, type Verdict } from './filters';
import { eventsOf, isCurrent } from './memories';
import { readOptions } from './options';
import { toOutput } from './output';
import { isGenuine, SIGNATURE_HEADER } from './signature';
import { triggerData } from './triggerData';

/** Sahut waits 10 seconds for an answer, and then delivers again (API reference, "Webhooks"). */
const ANSWER_WITHIN_MS = 7_000;

const LOOKUP = { ...DEFAULT_TRANSPORT, timeoutMs: ANSWER_WITHIN_MS, maxAttempts: 1 };

/** n8n answers 200 and starts nothing. */
const STARTS_NOTHING: IWebhookResponseData = {};

/** The verdict on a delivery that cannot be read: no filter can exclude it. */
const UNREAD: Verdict = { passes: true, unknown: [] };

/**
 * Answers by ourselves. n8n cannot: what it is told to answer goes out with status 200, and what is
 * thrown becomes a 500 with a stack trace and a failed execution.
 */
function answer(context: IWebhookFunctions, status: number): IWebhookResponseData {
	context.getResponseObject().writeHead(status).end();
	return { noWebhookResponse: true };
}

async function fetchConversation(
	context: IWebhookFunctions,
	event: SahutEvent,
): Promise<IDataObject> {
	const id = conversationIdOf(event);
	// Without an ID, the conversation cannot be read, and its values stay unknown.
	if (id === undefined) return {};
	const sahut = await connect(context, LOOKUP);
	return { ...(await getConversation(sahut, id)) };
}

/**
 * A filter needs to know something that Sahut refuses to say: the execution fails, so that it can be
 * seen, and Sahut delivers the event again.
 */
function cannotFilter(context: IWebhookFunctions, error: Error & { description?: string | null }) {
	const message = `An event could not be filtered: ${error.message}`;
	return new NodeOperationError(context.getNode(), message, {
		description: `${error.description ?? ''} Sahut delivers the event again, five times within 43 minutes. Without Channel and Conversation Statuses under Options, nothing is asked of Sahut.`,
	});
}

/**
 * Takes a delivery of Sahut: 401 unless it is genuine, otherwise 200, and the workflow starts unless
 * the event is filtered out or has been here before. 503, after which Sahut delivers it again, when a
 * filter needs to know something that Sahut does not say in time, or n8n is still busy with it.
 *
 * @throws NodeOperationError when Sahut refuses to say it: n8n answers 500 and shows it as a failed
 * execution.
 */
export async function receive(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const answerBy = Date.now() + ANSWER_WITHIN_MS;
	const { rawBody, headers } = context.getRequestObject();
	const { webhookId = '', secret, seen } = triggerData(context);
	if (!isGenuine(rawBody, headers[SIGNATURE_HEADER], secret)) {
		context.logger.warn(
			'A delivery to the Sahut Trigger was refused: its signature is not valid. If it was Sahut’s own, unpublish the workflow and publish it again (in n8n 1.x, turn its Active switch off and on): the trigger then has a webhook with a new secret.',
		);
		return answer(context, 401);
	}

	const { filters, deduplicate, rawBody: includeBody } = readOptions(context);
	const body = parseBody(rawBody);
	if (!isEventSelected(filters, nameOf(body))) return STARTS_NOTHING;
	const event = readEvent(body);
	const memory = eventsOf(webhookId, seen);
	const key = eventKey(event, rawBody);
	const verdict = event
		? await applyFilters(event, filters, async () => await fetchConversation(context, event)).catch(
				(error: Error) => error,
			)
		: UNREAD;
	if (verdict instanceof Error) {
		if (!mayPassByItself(verdict)) throw cannotFilter(context, verdict);
		context.logger.warn(`The Sahut Trigger asks for another delivery: ${verdict.message}`);
		return answer(context, 503);
	}
	if (!verdict.passes) {
		memory.noteState(key, Date.now());
		return STARTS_NOTHING;
	}

	if (deduplicate) {
		const claimed = await claim(context, memory, key, answerBy);
		if (claimed === 'busy') return answer(context, 503);
		// Published again meanwhile: what n8n has read for this delivery must not replace what is new.
		if (isCurrent(webhookId, memory)) store(context, memory, key);
		if (claimed === 'known') return STARTS_NOTHING;
	}
	return { workflowData: [[{ json: toOutput(event, body, includeBody, verdict.unknown) }]] };
}
