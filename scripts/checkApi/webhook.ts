import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';

import {
	channelOf,
	conversationIdOf,
	parseBody,
	readEvent,
} from '../../nodes/Sahut/trigger/envelope';
import { isSignatureValid, SIGNATURE_HEADER } from '../../nodes/Sahut/trigger/signature';
import type { Context } from './client';
import { matchesDeliverySchema } from './contract';
import { checkPostStatus } from './internalNote';
import { valueAt, isRecord, isSuccess, recordOf, textOf, type Row } from './values';

/** The webhook of the check, with the secret that signs its deliveries. */
export interface CreatedWebhook {
	id: string;
	secret: string | undefined;
}

/** Creates a webhook, and checks the response. @returns undefined if Sahut did not create one */
export async function createWebhook(
	url: string,
	context: Context,
): Promise<CreatedWebhook | undefined> {
	const { api, findings } = context;
	const response = await api('createWebhook', { body: { url, events: ['message.created'] } });
	const record: Row = isSuccess(response) ? recordOf(response.body) : {};
	if (isSuccess(response)) checkPostStatus(response.status, context);
	const secret = textOf(record, 'secret');
	const id = typeof record['id'] === 'number' ? String(record['id']) : textOf(record, 'id');
	const isComplete = id !== undefined && secret !== undefined;
	const found = isSuccess(response)
		? 'the ID or the secret is missing'
		: `status ${response.status}`;
	findings.recordCheck('webhook-with-secret', isComplete, 'as expected', ['differs', found]);
	return id === undefined ? undefined : { id, secret };
}

/** Deletes the webhook twice, and checks both responses. */
export async function deleteWebhook({ id }: CreatedWebhook, context: Context): Promise<void> {
	const { api, findings } = context;
	const first = await api('deleteWebhook', { ids: [id], expectedStatuses: [404], isCleanup: true });
	if (!isSuccess(first)) {
		return findings.record('delete-status', 'differs', `status ${first.status}`);
	}
	const found = `status ${first.status}, ${first.body === undefined ? 'without' : 'with'} a body`;
	findings.recordCheck('delete-status', first.status === 204, found, ['handled']);
	const second = await api('deleteWebhook', { ids: [id], expectedStatuses: [404, 410] });
	const verdict = isSuccess(second) ? 'handled' : 'differs';
	const status = `status ${second.status}`;
	findings.recordCheck('deleted-is-404', second.status === 404, status, [verdict]);
}

/** A received delivery. */
interface Delivery {
	body: Buffer;
	signature: unknown;
}

/** A server that receives webhook deliveries. */
export interface Listener {
	/** Waits for a delivery about a message. @returns it, or after `ms` the first delivery of any kind */
	waitFor(messageId: unknown, ms: number, signal?: AbortSignal): Promise<Delivery | undefined>;
	close(): Promise<void>;
}

/** Local only: the public address forwards to it. */
const HOST = '127.0.0.1';

const POLL_INTERVAL_MS = 100;

/** Starts a server that records all POST requests to a port. */
export async function startListener(port: number): Promise<Listener> {
	const deliveries: Delivery[] = [];
	const server = createServer((request, response) => {
		void buffer(request).then(
			(body) => {
				if (request.method === 'POST') {
					deliveries.push({ body, signature: request.headers[SIGNATURE_HEADER] });
				}
				response.writeHead(200).end();
			},
			() => response.destroy(),
		);
	});
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, HOST, resolve);
	});
	return {
		async waitFor(id, ms, signal) {
			const isAbout = ({ body }: Delivery) =>
				id === undefined || readEvent(parseBody(body))?.object['id'] === id;
			for (const end = Date.now() + ms; ; await wait(POLL_INTERVAL_MS)) {
				signal?.throwIfAborted();
				const found = deliveries.find(isAbout);
				if (found || Date.now() >= end) return found ?? deliveries[0];
			}
		},
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

function encodingOf(signature: string): string {
	if (/^[0-9a-f]{64}$/.test(signature)) return 'lower-case hex';
	if (/^[0-9a-f]{64}$/i.test(signature)) return 'upper-case hex';
	return signature.startsWith('sha256=') ? 'sha256= and hex' : 'base64';
}

function checkSignature({ body, signature }: Delivery, secret: unknown, { findings }: Context) {
	if (isSignatureValid(body, signature, secret)) {
		const form = encodingOf(String(signature));
		const isAsAssumed = form === 'lower-case hex';
		return findings.recordCheck('delivery-signature', isAsAssumed, form, ['handled']);
	}
	const found = signature === undefined ? 'no X-Sahut-Signature' : 'not the HMAC of the body';
	findings.record('delivery-signature', 'differs', found);
}

/** Checks the format of a delivery, which it reads as the trigger does. */
export function checkDelivery(delivery: Delivery, secret: unknown, context: Context): void {
	const { findings } = context;
	checkSignature(delivery, secret, context);
	const body = parseBody(delivery.body);
	const event = readEvent(body);
	if (!event || !isRecord(body) || !matchesDeliverySchema(body)) {
		return findings.record('delivery-envelope', 'differs', 'no event was recognized');
	}
	const name = body['event'] === undefined ? 'type' : 'event';
	const object = isRecord(body['data']) ? 'data' : 'payload';
	const isNested = isRecord(valueAt(body, object, event.subject));
	const where = isNested ? 'records under their names' : 'the record itself';
	const isAsAssumed = name === 'event' && object === 'data' && isNested;
	const found = `name in "${name}", ${where} in "${object}"`;
	findings.recordCheck('delivery-envelope', isAsAssumed, found, ['handled']);
	findings.recordCheck('delivery-id', event.id !== undefined, 'as expected', ['handled', 'no ID']);

	const isComplete = textOf(event.conversation, 'status') && textOf(channelOf(event), 'id');
	if (isComplete) findings.record('delivery-conversation', 'as assumed', 'as expected');
	else if (conversationIdOf(event) === undefined) {
		findings.record('delivery-conversation', 'differs', 'no conversation ID');
	} else
		findings.record(
			'delivery-conversation',
			'handled',
			'the conversation is incomplete, but has its ID',
		);
}
