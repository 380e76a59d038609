import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { DeliveryOptions } from '../../sandbox';
import { EVENT_NAMES } from '../../sandbox/events';
import { closedOrigin } from '../support/localServer';
import { until } from '../support/workspace';
import { openReceiver, statuses, type Receiver } from './openReceiver';
import { openSandbox } from '../support/openSandbox';

/** The five pauses of 2,555 s together take 2.6 s or 0.26 s. */
const FAST: DeliveryOptions = { timeScale: 0.001, responseTimeoutMs: 5000 };
const VERY_FAST: DeliveryOptions = { timeScale: 0.0001, responseTimeoutMs: 5000 };

const unreachable = async () => ({ url: await closedOrigin() });
const silent = async () => await openReceiver(() => undefined);

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

test('tries again five times, after longer and longer pauses, with the same text, and gives up', async () => {
	const receiver = await openReceiver(statuses(500));
	const { write, deliveries, webhook } = await openWithWebhook(receiver, FAST);

	write();
	await deliveries.settled();

	expect(deliveries.log).toMatchObject(
		[1, 2, 3, 4, 5, 6].map((attempt) => ({
			webhookId: webhook.id,
			kind: 'event',
			event: 'message.created',
			eventId: receiver.received[0]!.body.id,
			attempt,
			status: 500,
		})),
	);
	expect(new Set(textsOf(receiver)).size).toBe(1);

	const begins = deliveries.log.map(({ at }) => at);

	expect(Math.abs(begins[0]! - Date.now())).toBeLessThan(10_000);

	const pauses = begins.slice(1).map((at, index) => at - begins[index]!);

	// Timers may be a millisecond early and any time late, but not earlier than that.
	for (const [index, atLeast] of [5, 30, 120, 600, 1800].entries()) {
		expect(pauses[index]).toBeGreaterThanOrEqual(atLeast - 2);
	}
});

test('stops as soon as the receiver takes it', async () => {
	const { write, deliveries } = await openWithWebhook(await openReceiver(statuses(503, 404, 204)));

	write();
	await deliveries.settled();

	expect(deliveries.log.map(({ status }) => status)).toEqual([503, 404, 204]);
});

test('does not follow a redirect', async () => {
	const elsewhere = await openReceiver();
	const receiver = await openReceiver((response) => {
		response.writeHead(307, { location: elsewhere.url }).end();
	});
	const { write, deliveries } = await openWithWebhook(receiver);

	write();
	await deliveries.settled();

	expect(deliveries.log.map(({ status }) => status)).toEqual(Array(6).fill(307));
	expect(elsewhere.received).toHaveLength(0);
});

test.each([
	['No response within 150 ms', silent, { timeScale: 0.001, responseTimeoutMs: 150 }, 150],
	['No response within 100 ms', silent, { timeScale: 0.01 }, 100],
	['ECONNREFUSED', unreachable, VERY_FAST, 0],
])('takes no answer for a failure: %s', async (reason, open, webhooks, atLeastMs) => {
	const { write, deliveries } = await openWithWebhook(await open(), webhooks);
	write();
	await until(() => deliveries.log.length > 1);

	const [{ error, ms, status }] = deliveries.log as [(typeof deliveries.log)[number]];

	expect(error).toContain(reason);
	expect(ms).toBeGreaterThanOrEqual(atLeastMs - 2);
	expect(status).toBeUndefined();
});

test('a webhook that is deleted gets nothing more, repeats included', async () => {
	const receiver = await openReceiver(statuses(500));
	const { write, deliveries, webhook, request } = await openWithWebhook(receiver, {
		timeScale: 0.2,
		responseTimeoutMs: 5000,
	});

	write();
	await until(() => deliveries.log[0]?.status !== undefined);

	expect((await request('DELETE', `/webhooks/${webhook.id}`)).status).toBe(204);

	// The first pause would be a second: that nothing waits any more is seen at once.
	const startedAt = performance.now();
	await deliveries.settled();

	expect(performance.now() - startedAt).toBeLessThan(900);

	write();
	await sleep(1200);

	expect(receiver.received).toHaveLength(1);
	expect(deliveries.log).toHaveLength(1);
});

test('at most 20 are in flight to a webhook, all others wait, and delay no other webhook', async () => {
	const held: ServerResponse[] = [];
	const receiver = await openReceiver((response) => held.push(response));
	const quick = await openReceiver();
	const { write, store, deliveries } = await openWithWebhook(receiver, {
		responseTimeoutMs: 20_000,
	});
	store.addWebhook({ url: quick.url, events: ['message.created'] });
	for (let index = 0; index < 50; index++) write(`Pesan ${index}`);

	await until(() => quick.received.length === 50 && held.length >= 20);
	await sleep(200);

	expect(held).toHaveLength(20);

	held.shift()!.end();
	await until(() => held.length === 20);
	while (receiver.received.length < 50) {
		for (const response of held.splice(0)) response.end();
		await sleep(5);
	}
	for (const response of held.splice(0)) response.end();
	await deliveries.settled();

	expect(new Set(textsOf(receiver)).size).toBe(50);
	expect(receiver.received).toHaveLength(50);
});

test('an answer that is not heard makes it deliver again by its schedule', async () => {
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

test('close ends what is in flight, what waits for its turn and what waits for its repeat', async () => {
	const failing = await openReceiver(statuses(500));
	const { write, store, deliveries, close } = await openWithWebhook(await silent(), {});
	const { id } = store.addWebhook({ url: failing.url, events: ['message.created'] });
	for (let index = 0; index < 25; index++) write();
	await until(() => deliveries.log.filter(({ status }) => status === 500).length === 25);

	const startedAt = performance.now();
	await close();

	expect(performance.now() - startedAt).toBeLessThan(2000);

	const brokenOff = deliveries.log.filter(({ webhookId }) => webhookId !== id);

	expect(brokenOff.map(({ error }) => error)).toEqual(Array(20).fill('The sandbox was closed'));

	const attempts = deliveries.log.length;
	write();

	expect(deliveries.log).toHaveLength(attempts);
});

describe('on demand', () => {
	test('repeats the last event to all that ask for it, one after another, in the same text', async () => {
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
		const answers = await deliveries.repeat('last', 3);

		const { eventId } = deliveries.log[0]!;

		expect(answers).toMatchObject(
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

	test('repeats at the same instant, also more often than a webhook has in flight otherwise', async () => {
		const held: ServerResponse[] = [];
		const receiver = await openReceiver((response) => {
			if (receiver.received.length < 3) response.end();
			else held.push(response);
		});
		const { write, deliveries } = await openWithWebhook(receiver);
		write();
		await deliveries.settled();
		write('Lain');
		await deliveries.settled();

		const { eventId } = deliveries.log[0]!;
		const repeated = deliveries.repeat(eventId!, 30, { atOnce: true });
		await until(() => held.length === 30);
		for (const response of held) response.end();

		expect(await repeated).toMatchObject(Array(30).fill({ status: 200, eventId }));
	});

	test('a repeat that fails is told and not tried again', async () => {
		const receiver = await openReceiver(statuses(200, 500));
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
	])('forges an event with a signature that is %s, once', async (signature, expected) => {
		const receiver = await openReceiver((response) => {
			response.writeHead(401).end('Signature is not valid');
		});
		const { deliveries } = await openWithWebhook(receiver);

		const answer = await deliveries.forge({ signature });

		expect(answer).toMatchObject({ kind: 'forged', status: 401, body: 'Signature is not valid' });
		expect(receiver.received.map(signatureOf)).toEqual([expected]);
		expect(receiver.received[0]!.body.data.message.content).toBe('Yang pertama');
		expect(deliveries.log).toEqual([answer]);
	});

	test('a wrong signature looks like a right one', async () => {
		const receiver = await openReceiver();
		const { deliveries, webhook } = await openWithWebhook(receiver);
		for (const signature of ['right', 'wrong']) await deliveries.forge({ body: '{', signature });

		expect(textsOf(receiver)).toEqual(['{', '{']);

		const [right, wrong] = receiver.received.map(signatureOf);

		expect(right).toBe(createHmac('sha256', webhook.secret).update('{').digest('hex'));
		expect(wrong).toMatch(/^[0-9a-f]{64}$/);
		expect(wrong).not.toBe(right);
	});

	test('forges any event, for the newest webhook unless told which', async () => {
		const [first, second] = [await openReceiver(), await openReceiver()];
		const { deliveries, store, webhook } = await openWithWebhook(first);
		store.addWebhook({ url: second.url, events: ['contact.created'] });
		for (const event of EVENT_NAMES) await deliveries.forge({ event });

		expect(second.received.map(({ body }) => body.event)).toEqual(EVENT_NAMES);
		expect(first.received).toHaveLength(0);

		await deliveries.forge({ webhookId: webhook.id });

		expect(first.received).toHaveLength(1);
	});

	test('cannot forge without a webhook, nor tell of what is not there', async () => {
		const { deliveries, store } = await openSandbox({ data: 'empty' });

		await expect(deliveries.forge()).rejects.toThrow('Webhook not found');

		store.addWebhook({ url: (await unreachable()).url, events: ['message.created'] });

		await expect(deliveries.forge()).rejects.toThrow('message.created');
	});
});
