import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';

import {
	channelOf,
	conversationIdOf,
	parseBody,
	readEvent,
} from '../../nodes/Sahut/trigger/envelope';
import { isGenuine, SIGNATURE_HEADER } from '../../nodes/Sahut/trigger/signature';
import type { Context } from './api';
import { isDelivery } from './contract';
import { notePostStatus } from './note';
import { inside, isRecord, isSuccess, recordOf, textOf, type Row } from './values';

/** What is made for the check: its ID, and the secret that signs what it delivers. */
export interface OwnWebhook {
	id: string;
	secret: string | undefined;
}

/** @returns undefined where Sahut makes none */
export async function makeWebhook(url: string, context: Context): Promise<OwnWebhook | undefined> {
	const { api, findings } = context;
	const answer = await api('createWebhook', { body: { url, events: ['message.created'] } });
	const record: Row = isSuccess(answer) ? recordOf(answer.body) : {};
	if (isSuccess(answer)) notePostStatus(answer.status, context);
	const secret = textOf(record, 'secret');
	const id = typeof record['id'] === 'number' ? String(record['id']) : textOf(record, 'id');
	const isWhole = id !== undefined && secret !== undefined;
	const found = isSuccess(answer) ? 'one of the two is missing' : `status ${answer.status}`;
	findings.noteWhether('webhook-with-secret', isWhole, 'it does', ['differs', found]);
	return id === undefined ? undefined : { id, secret };
}

/** Deletes it, and then once more. */
export async function deleteWebhook({ id }: OwnWebhook, context: Context): Promise<void> {
	const { api, findings } = context;
	const first = await api('deleteWebhook', { ids: [id], expects: [404], setsRight: true });
	if (!isSuccess(first)) {
		return findings.note('delete-status', 'differs', `status ${first.status}`);
	}
	const found = `status ${first.status}, ${first.body === undefined ? 'without' : 'with'} a body`;
	findings.noteWhether('delete-status', first.status === 204, found, ['copes']);
	const second = await api('deleteWebhook', { ids: [id], expects: [404, 410] });
	const verdict = isSuccess(second) ? 'copes' : 'differs';
	const status = `status ${second.status}`;
	findings.noteWhether('deleted-is-404', second.status === 404, status, [verdict]);
}

/** A delivery as it came. */
interface Delivery {
	body: Buffer;
	signature: unknown;
}

export interface Listener {
	/** The first delivery about this message; after the time, any that came. */
	await(messageId: unknown, ms: number, signal?: AbortSignal): Promise<Delivery | undefined>;
	close(): Promise<void>;
}

/** Seen from this machine only: what is public leads here. */
const HOST = '127.0.0.1';

const LOOK_EVERY_MS = 100;

/** Takes all that is posted to a port. */
export async function listen(port: number): Promise<Listener> {
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
		async await(id, ms, signal) {
			const isAbout = ({ body }: Delivery) =>
				id === undefined || readEvent(parseBody(body))?.object['id'] === id;
			for (const end = Date.now() + ms; ; await wait(LOOK_EVERY_MS)) {
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

function formOf(signature: string): string {
	if (/^[0-9a-f]{64}$/.test(signature)) return 'lower-case hex';
	if (/^[0-9a-f]{64}$/i.test(signature)) return 'upper-case hex';
	return signature.startsWith('sha256=') ? 'sha256= and hex' : 'base64';
}

function noteSignature({ body, signature }: Delivery, secret: unknown, { findings }: Context) {
	if (isGenuine(body, signature, secret)) {
		const form = formOf(String(signature));
		const isAsAssumed = form === 'lower-case hex';
		return findings.noteWhether('delivery-signature', isAsAssumed, form, ['copes']);
	}
	const found = signature === undefined ? 'no X-Sahut-Signature' : 'not the HMAC of the body';
	findings.note('delivery-signature', 'differs', found);
}

/** Notes what a delivery looks like, read as the trigger reads it. */
export function noteDelivery(delivery: Delivery, secret: unknown, context: Context): void {
	const { findings } = context;
	noteSignature(delivery, secret, context);
	const body = parseBody(delivery.body);
	const event = readEvent(body);
	if (!event || !isRecord(body) || !isDelivery(body)) {
		return findings.note('delivery-envelope', 'differs', 'no event can be found in it');
	}
	const name = body['event'] === undefined ? 'type' : 'event';
	const object = isRecord(body['data']) ? 'data' : 'payload';
	const isNested = isRecord(inside(body, object, event.subject));
	const where = isNested ? 'records under their names' : 'the record itself';
	const isAsAssumed = name === 'event' && object === 'data' && isNested;
	const found = `name in "${name}", ${where} in "${object}"`;
	findings.noteWhether('delivery-envelope', isAsAssumed, found, ['copes']);
	findings.noteWhether('delivery-id', event.id !== undefined, 'it has', ['copes', 'it has none']);

	const isWhole = textOf(event.conversation, 'status') && textOf(channelOf(event), 'id');
	if (isWhole) findings.note('delivery-conversation', 'as assumed', 'it does');
	else if (conversationIdOf(event) === undefined) {
		findings.note('delivery-conversation', 'differs', 'not even with its ID');
	} else findings.note('delivery-conversation', 'copes', 'with less than that, but its ID');
}
