import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { DeliveryOptions } from '../../sandbox';
import { EVENT_NAMES } from '../../sandbox/events';
import { findClosedOrigin } from '../support/localServer';
import { until } from '../support/workspace';
import { openReceiver, respondWith, type Receiver } from './openReceiver';
import { openSandbox } from '../support/openSandbox';

/** The five pauses between attempts, in seconds. */
const PAUSES_S = [5, 30, 120, 600, 1_800];
const ATTEMPTS = PAUSES_S.length + 1;
const MAX_IN_FLIGHT = 20;
/** A timer may fire slightly early. */
const TIMER_TOLERANCE_MS = 2;

/** All pauses together take 2.6 s, or 0.26 s if very fast. */
const FAST: DeliveryOptions = { timeScale: 0.001, responseTimeoutMs: 5000 };
const VERY_FAST: DeliveryOptions = { timeScale: 0.0001, responseTimeoutMs: 5000 };

const openUnreachable = async () => ({ url: await findClosedOrigin() });
/** Opens a receiver that never responds. */
const openSilent = async () => await openReceiver(() => undefined);

/** Opens a sandbox with one conversation and a webhook. `write` adds a message of the customer. */
async function openWithWebhook(receiver: Pick<Receiver, 'url'>, webhooks = VERY_FAST) {
	const sandbox = await openSandbox({ data: 'empty', webhooks });
	const { store } = sandbox;
	const { id } = store.addConversation();
	store.addIncoming(id, 'Yang pertama');
	const webhook = store.addWebhook({ url: receiver.url, events: ['message.created'] });
	return { ...sandbox, webhook, write: (text = 'Halo') => store.addIncoming(id, text) };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const signatureOf = ({ headers }: Receiver['received'][number]) => headers['x-sahut-signature'];
const textsOf = ({ received }: Receiver) => received.map(({ raw }) => raw.toString());

test('a failed delivery is retried five times with increasing pauses and the same body', async () => {
	const receiver = await openReceiver(respondWith(500));
	const { write, deliveries, webhook } = await openWithWebhook(receiver, FAST);

	write();
	await deliveries.settled();

	expect(deliveries.log).toMatchObject(
		Array.from({ length: ATTEMPTS }, (_, index) => ({
			webhookId: webhook.id,
			kind: 'event',
			event: 'message.created',
			eventId: receiver.received[0]!.body.id,
			attempt: index + 1,
			status: 500,
		})),
	);
	expect(new Set(textsOf(receiver)).size).toBe(1);

	const startTimes = deliveries.log.map(({ at }) => at);

	expect(Math.abs(startTimes[0]! - Date.now())).toBeLessThan(10_000);

	const pauses = startTimes.slice(1).map((at, index) => at - startTimes[index]!);

	// FAST turns seconds into milliseconds.
	for (const [index, minMs] of PAUSES_S.entries()) {
		expect(pauses[index]).toBeGreaterThanOrEqual(minMs - TIMER_TOLERANCE_MS);
	}
});

test('retries end after the first 2xx response', async () => {
	const { write, deliveries } = await openWithWebhook(
		await openReceiver(respondWith(503, 404, 204)),
	);

	write();
	await deliveries.settled();

	expect(deliveries.log.map(({ status }) => status)).toEqual([503, 404, 204]);
});

test('a redirect is a failed delivery, and is not followed', async () => {
	const redirectTarget = await openReceiver();
	const receiver = await openReceiver((response) => {
		response.writeHead(307, { location: redirectTarget.url }).end();
	});
	const { write, deliveries } = await openWithWebhook(receiver);

	write();
	await deliveries.settled();

	expect(deliveries.log.map(({ status }) => status)).toEqual(Array(ATTEMPTS).fill(307));
	expect(redirectTarget.received).toHaveLength(0);
});

test.each([
	['No response within 150 ms', openSilent, { timeScale: 0.001, responseTimeoutMs: 150 }, 150],
	['No response within 100 ms', openSilent, { timeScale: 0.01 }, 100],
	['ECONNREFUSED', openUnreachable, VERY_FAST, 0],
])(
	'a delivery without a response fails with the error: %s',
	async (reason, open, webhooks, minMs) => {
		const { write, deliveries } = await openWithWebhook(await open(), webhooks);
		write();
		await until(() => deliveries.log.length > 1);

		const [{ error, ms, status }] = deliveries.log as [(typeof deliveries.log)[number]];

		expect(error).toContain(reason);
		expect(ms).toBeGreaterThanOrEqual(minMs - TIMER_TOLERANCE_MS);
		expect(status).toBeUndefined();
	},
);

test('a deleted webhook gets no further deliveries or retries', async () => {
	const receiver = await openReceiver(respondWith(500));
	const { write, deliveries, webhook, request } = await openWithWebhook(receiver, {
		timeScale: 0.2,
		responseTimeoutMs: 5000,
	});

	write();
	await until(() => deliveries.log[0]?.status !== undefined);

	expect((await request('DELETE', `/webhooks/${webhook.id}`)).status).toBe(204);

	// The first pause would take a second, so an immediate return shows that no retry is scheduled.
	const startedAt = performance.now();
	await deliveries.settled();

	expect(performance.now() - startedAt).toBeLessThan(900);

	write();
	await sleep(1200);

	expect(receiver.received).toHaveLength(1);
	expect(deliveries.log).toHaveLength(1);
});

test('at most 20 deliveries to a webhook are in flight, and they do not delay other webhooks', async () => {
	const pending: ServerResponse[] = [];
	const receiver = await openReceiver((response) => pending.push(response));
	const quick = await openReceiver();
	const { write, store, deliveries } = await openWithWebhook(receiver, {
		responseTimeoutMs: 20_000,
	});
	store.addWebhook({ url: quick.url, events: ['message.created'] });
	for (let index = 0; index < 50; index++) write(`Pesan ${index}`);

	await until(() => quick.received.length === 50 && pending.length >= MAX_IN_FLIGHT);
	await sleep(200);

	expect(pending).toHaveLength(MAX_IN_FLIGHT);

	pending.shift()!.end();
	await until(() => pending.length === MAX_IN_FLIGHT);
	while (receiver.received.length < 50) {
		for (const response of pending.splice(0)) response.end();
		await sleep(5);
	}
	for (const response of pending.splice(0)) response.end();
	await deliveries.settled();

	expect(new Set(textsOf(receiver)).size).toBe(50);
	expect(receiver.received).toHaveLength(50);
});

test('an event is delivered again if its response is lost', async () => {
	const receiver = await openReceiver();
	const { write, deliveries } = await openWithWebhook(receiver);

	deliveries.faults.add({ kind: 'dropResponse', times: 2 });
	write();
	await deliveries.settled();

	expect(deliveries.log.map(({ status, fault }) => [status, fault])).toEqual([
		[200, 'dropResponse'],
		[200, 'dropResponse'],
		[200, undefined],
	]);
	expect(new Set(textsOf(receiver)).size).toBe(1);
	expect(deliveries.faults.remaining()).toBe(0);
});

test('close aborts deliveries in flight, and drops queued deliveries and retries', async () => {
	const failing = await openReceiver(respondWith(500));
	const { write, store, deliveries, close } = await openWithWebhook(await openSilent(), {});
	const { id } = store.addWebhook({ url: failing.url, events: ['message.created'] });
	for (let index = 0; index < 25; index++) write();
	await until(() => deliveries.log.filter(({ status }) => status === 500).length === 25);

	const startedAt = performance.now();
	await close();

	expect(performance.now() - startedAt).toBeLessThan(2000);

	const aborted = deliveries.log.filter(({ webhookId }) => webhookId !== id);

	expect(aborted.map(({ error }) => error)).toEqual(
		Array(MAX_IN_FLIGHT).fill('The sandbox was closed'),
	);

	const attempts = deliveries.log.length;
	write();

	expect(deliveries.log).toHaveLength(attempts);
});

describe('on demand, the sandbox', () => {
	test('repeats the last event to each webhook for this event, sequentially and with the same body', async () => {
		const [first, second, other] = [
			await openReceiver(),
			await openReceiver(),
			await openReceiver(),
		];
		const { write, deliveries, store } = await openWithWebhook(first);

		store.addWebhook({ url: second.url, events: ['message.created'] });
		store.addWebhook({ url: other.url, events: ['contact.created'] });

		await expect(deliveries.repeat('last')).rejects.toThrow('No such event was delivered: last');

		write();
		await deliveries.settled();
		const repeats = await deliveries.repeat('last', 3);

		const { eventId } = deliveries.log[0]!;

		expect(repeats).toMatchObject(
			Array(6).fill({ kind: 'repeat', eventId, status: 200, body: 'ok' }),
		);
		for (const receiver of [first, second]) {
			expect(receiver.received).toHaveLength(4);
			expect(new Set(textsOf(receiver)).size).toBe(1);
			expect(new Set(receiver.received.map(signatureOf)).size).toBe(1);
			expect(receiver.maxWaiting()).toBe(1);
		}
		expect(other.received).toHaveLength(0);
	});

	test('repeats an event at once, even above the usual limit in flight', async () => {
		const pending: ServerResponse[] = [];
		const receiver = await openReceiver((response) => {
			if (receiver.received.length < 3) response.end();
			else pending.push(response);
		});
		const { write, deliveries } = await openWithWebhook(receiver);
		write();
		await deliveries.settled();
		write('Lain');
		await deliveries.settled();

		const { eventId } = deliveries.log[0]!;
		const repeated = deliveries.repeat(eventId!, 30, { atOnce: true });
		await until(() => pending.length === 30);
		for (const response of pending) response.end();

		expect(await repeated).toMatchObject(Array(30).fill({ status: 200, eventId }));
	});

	test('reports a failed repeat, and does not retry it', async () => {
		const receiver = await openReceiver(respondWith(200, 500));
		const { write, deliveries } = await openWithWebhook(receiver);

		write();
		await deliveries.settled();

		expect(await deliveries.repeat('last')).toMatchObject([{ status: 500 }]);

		await deliveries.settled();

		expect(receiver.received).toHaveLength(2);
	});

	test.each([
		['missing', undefined],
		['malformed', 'not-a-signature'],
		['sha256=0000', 'sha256=0000'],
	])(
		'delivers a forged event with a signature that is %s only once',
		async (signature, expected) => {
			const receiver = await openReceiver((response) => {
				response.writeHead(401).end('Signature is not valid');
			});
			const { deliveries } = await openWithWebhook(receiver);

			const delivery = await deliveries.forge({ signature });

			expect(delivery).toMatchObject({
				kind: 'forged',
				status: 401,
				body: 'Signature is not valid',
			});
			expect(receiver.received.map(signatureOf)).toEqual([expected]);
			expect(receiver.received[0]!.body.data.message.content).toBe('Yang pertama');
			expect(deliveries.log).toEqual([delivery]);
		},
	);

	test('forges a wrong signature in the format of a right one', async () => {
		const receiver = await openReceiver();
		const { deliveries, webhook } = await openWithWebhook(receiver);
		for (const signature of ['right', 'wrong']) await deliveries.forge({ body: '{', signature });

		expect(textsOf(receiver)).toEqual(['{', '{']);

		const [right, wrong] = receiver.received.map(signatureOf);

		expect(right).toBe(createHmac('sha256', webhook.secret).update('{').digest('hex'));
		expect(wrong).toMatch(/^[0-9a-f]{64}$/);
		expect(wrong).not.toBe(right);
	});

	test('forges any event for the newest or a given webhook', async () => {
		const [first, second] = [await openReceiver(), await openReceiver()];
		const { deliveries, store, webhook } = await openWithWebhook(first);
		store.addWebhook({ url: second.url, events: ['contact.created'] });
		for (const event of EVENT_NAMES) await deliveries.forge({ event });

		expect(second.received.map(({ body }) => body.event)).toEqual(EVENT_NAMES);
		expect(first.received).toHaveLength(0);

		await deliveries.forge({ webhookId: webhook.id });

		expect(first.received).toHaveLength(1);
	});

	test('rejects a forged event without a webhook or without a record', async () => {
		const { deliveries, store } = await openSandbox({ data: 'empty' });

		await expect(deliveries.forge()).rejects.toThrow('Webhook not found');

		store.addWebhook({ url: (await openUnreachable()).url, events: ['message.created'] });

		await expect(deliveries.forge()).rejects.toThrow('message.created');
	});
});
