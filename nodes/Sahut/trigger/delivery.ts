import {
	sleep,
	type IDataObject,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { connect } from '../transport/client';
import { DEFAULT_TRANSPORT, type TransportSettings } from '../transport/settings';
import { eventKey, memoryOf, type EventMemory } from './deduplication';
import { conversationIdOf, parseBody, readEvent, type SahutEvent } from './envelope';
import { passes } from './filters';
import { readOptions } from './options';
import { toOutput } from './output';
import { triggerData } from './registration';
import { isGenuine, SIGNATURE_HEADER } from './signature';

/** Sahut waits 10 seconds for an answer, and then repeats (API reference, "Webhooks"); so do not we. */
const LOOKUP: TransportSettings = { ...DEFAULT_TRANSPORT, timeoutMs: 7_000, maxAttempts: 1 };

/** n8n answers 200 and starts nothing. */
const STARTS_NOTHING: IWebhookResponseData = {};

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
	// Nothing to look up: a conversation of which nothing is known, which no filter lets through.
	if (id === undefined) return {};
	const sahut = await connect(context, LOOKUP);
	const { data } = await sahut.request<IDataObject>({
		method: 'GET',
		path: ['conversations', id],
		expects: 'record',
		subject: `conversation "${id}"`,
	});
	return data;
}

/**
 * Has n8n store what is remembered, together with its answer. When n8n starts an execution, it first
 * forgets that something has changed here; so the change is made once more when the execution is
 * being started, which takes n8n several looks into its database.
 *
 * What is stored is read at that moment, not now: other deliveries may have come in between, and the
 * last to be stored must not lack them.
 */
function store(context: IWebhookFunctions, memory: EventMemory): void {
	const data = triggerData(context);
	const atThatMoment = { toJSON: () => memory.toStore() };
	Object.assign(data, { seen: atThatMoment });
	void sleep(0).then(() => Object.assign(data, { seen: atThatMoment }));
}

/** Lets Sahut's next delivery of an event in, when n8n does not answer that it has taken this one. */
function releaseUnlessTaken(context: IWebhookFunctions, memory: EventMemory, key: string): void {
	const response = context.getResponseObject();
	response.once('close', () => {
		if (response.statusCode >= 300) memory.release(key);
	});
}

/**
 * Takes a delivery of Sahut: 401 unless it is genuine, otherwise 200, and the workflow starts unless
 * the event is filtered out or has been here before. 503, after which Sahut delivers it again, when a
 * filter needs to know something that Sahut does not say in time.
 */
export async function receive(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const { rawBody, headers } = context.getRequestObject();
	const { webhookId = '', secret, seen } = triggerData(context);
	if (!isGenuine(rawBody, headers[SIGNATURE_HEADER], secret)) {
		context.logger.warn('A delivery to the Sahut Trigger was refused: its signature is not valid');
		return answer(context, 401);
	}

	const { filters, deduplicate, rawBody: includeBody } = readOptions(context);
	const body = parseBody(rawBody);
	const event = readEvent(body);
	const isWanted =
		!event ||
		(await passes(event, filters, async () => await fetchConversation(context, event)).catch(
			(error: Error) => error,
		));
	if (isWanted instanceof Error) {
		context.logger.warn(`The Sahut Trigger asks for another delivery: ${isWanted.message}`);
		return answer(context, 503);
	}
	if (!isWanted) return STARTS_NOTHING;

	if (deduplicate) {
		const memory = memoryOf(webhookId, seen);
		const key = eventKey(event, rawBody);
		const isNew = memory.claim(key, Date.now());
		store(context, memory);
		if (!isNew) return STARTS_NOTHING;
		releaseUnlessTaken(context, memory, key);
	}
	return { workflowData: [[{ json: toOutput(event, body, includeBody) }]] };
}
