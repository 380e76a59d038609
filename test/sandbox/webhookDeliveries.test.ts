import type { ServerResponse } from 'node:http';
import type { DeliveryOptions } from '../../sandbox';
import { closedOrigin } from '../support/localServer';
import { openReceiver, statuses, type Receiver } from './openReceiver';
import { openSandbox } from '../support/openSandbox';

/** The five pauses of 2,555 s together take 2.6 s or 0.26 s. */
const FAST: DeliveryOptions = { timeScale: 0.001, answerTimeoutMs: 5000 };
const VERY_FAST: DeliveryOptions = { timeScale: 0.0001, answerTimeoutMs: 5000 };

async function openWithWebhook(receiver: Pick<Receiver, 'url'>, webhooks: DeliveryOptions) {
	const sandbox = await openSandbox({ data: 'empty', webhooks });
	const { id } = sandbox.store.addConversation();
	const webhook = sandbox.store.addWebhook({ url: receiver.url, events: ['message.created'] });
	return { ...sandbox, webhook, write: (text = 'Halo') => sandbox.store.addIncoming(id, text) };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('delivers once what is taken, and logs it', async () => {
	const receiver = await openReceiver(statuses(204));
	const { write, deliveries, webhook } = await openWithWebhook(receiver, FAST);
	write();
	await deliveries.settled();
	expect(deliveries.log).toEqual([
		{
			deliveryId: expect.stringMatching(/^dlv_/),
			webhookId: webhook.id,
			kind: 'event',
			event: 'message.created',
			eventId: receiver.received[0]!.body.id,
			attempt: 1,
			at: expect.any(Number),
			status: 204,
			ms: expect.any(Number),
		},
	]);
	expect(Math.abs(deliveries.log[0]!.at - Date.now())).toBeLessThan(10_000);
});

test('tries again five times, after longer and longer pauses, with the same bytes, and gives up', async () => {
	const receiver = await openReceiver(statuses(500));
	const { write, deliveries } = await openWithWebhook(receiver, FAST);
	write();
	await deliveries.settled();

	expect(deliveries.log.map(({ attempt, status }) => [attempt, status])).toEqual(
		[1, 2, 3, 4, 5, 6].map((attempt) => [attempt, 500]),
	);
	expect(new Set(deliveries.log.map(({ deliveryId }) => deliveryId)).size).toBe(1);
	expect(new Set(receiver.received.map(({ raw }) => raw.toString())).size).toBe(1);
	const begins = deliveries.log.map(({ at }) => at);
	const pauses = begins.slice(1).map((at, index) => at - begins[index]!);
	// Timers may be a millisecond early and any time late, but not earlier than that.
	for (const [index, atLeast] of [5, 30, 120, 600, 1800].entries()) {
		expect(pauses[index]).toBeGreaterThanOrEqual(atLeast - 2);
	}
});

test('stops as soon as the receiver takes it', async () => {
	const receiver = await openReceiver(statuses(503, 404, 200));
	const { write, deliveries } = await openWithWebhook(receiver, VERY_FAST);
	write();
	await deliveries.settled();
	expect(deliveries.log.map(({ status }) => status)).toEqual([503, 404, 200]);
});

test('does not follow a redirect', async () => {
	const elsewhere = await openReceiver();
	const receiver = await openReceiver((response) => {
		response.writeHead(307, { location: elsewhere.url }).end();
	});
	const { write, deliveries } = await openWithWebhook(receiver, VERY_FAST);
	write();
	await deliveries.settled();
	expect(deliveries.log.map(({ status }) => status)).toEqual(Array(6).fill(307));
	expect(elsewhere.received).toHaveLength(0);
});

test('takes no answer in time for a failure', async () => {
	const late = { first: true };
	const receiver = await openReceiver((response) => {
		if (!late.first) response.end();
		late.first = false;
	});
	const webhooks = { timeScale: 0.0001, answerTimeoutMs: 300 };
	const { write, deliveries } = await openWithWebhook(receiver, webhooks);
	write();
	await deliveries.settled();
	expect(deliveries.log).toMatchObject([
		{ attempt: 1, error: 'No answer within 300 ms' },
		{ attempt: 2, status: 200 },
	]);
	expect(deliveries.log[0]).not.toHaveProperty('status');
});

test('waits 10 s for an answer, times the scale', async () => {
	const receiver = await openReceiver(() => undefined);
	const { deliveries, webhook } = await openWithWebhook(receiver, { timeScale: 0.01 });
	const { error, ms } = await deliveries.post(webhook.id, '{}');
	expect(error).toBe('No answer within 100 ms');
	expect(ms).toBeGreaterThanOrEqual(98);
});

test('takes a receiver that cannot be reached for a failure', async () => {
	const { write, deliveries } = await openWithWebhook({ url: await closedOrigin() }, VERY_FAST);
	write();
	await deliveries.settled();
	expect(deliveries.log).toHaveLength(6);
	for (const { error } of deliveries.log) expect(error).toContain('ECONNREFUSED');
});

test('a webhook that is deleted gets nothing more, repeats included', async () => {
	const receiver = await openReceiver(statuses(500));
	const { write, deliveries, webhook, request } = await openWithWebhook(receiver, {
		timeScale: 0.2,
		answerTimeoutMs: 5000,
	});
	write();
	while (deliveries.log[0]?.status === undefined) await sleep(5);
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

test('at most 20 are in flight to a webhook, and all others wait for their turn', async () => {
	const held: ServerResponse[] = [];
	const receiver = await openReceiver((response) => held.push(response));
	const { write, deliveries } = await openWithWebhook(receiver, { answerTimeoutMs: 20_000 });
	for (let index = 0; index < 50; index++) write(`Pesan ${index}`);
	while (held.length < 20) await sleep(5);
	await sleep(200);
	expect(held).toHaveLength(20);
	expect(deliveries.log).toHaveLength(20);

	held.shift()!.end();
	while (held.length < 20) await sleep(5);
	while (receiver.received.length < 50) {
		for (const response of held.splice(0)) response.end();
		await sleep(5);
	}
	for (const response of held.splice(0)) response.end();
	await deliveries.settled();
	const texts = receiver.received.map(({ body }) => body.data.message.content as string);
	expect(texts).toHaveLength(50);
	expect(new Set(texts).size).toBe(50);
});

test('a receiver that does not answer delays no other', async () => {
	const silent = await openReceiver(() => undefined);
	const quick = await openReceiver();
	const { write, store, deliveries } = await openWithWebhook(silent, {});
	const { id } = store.addWebhook({ url: quick.url, events: ['message.created'] });
	for (let index = 0; index < 30; index++) write();
	// The silent one is waited for 10 s.
	const startedAt = performance.now();
	while (quick.received.length < 30) await sleep(5);
	expect(performance.now() - startedAt).toBeLessThan(9000);
	expect(deliveries.log.filter(({ webhookId }) => webhookId !== id)).toHaveLength(20);
});

test('an answer that is not heard makes it deliver again by its schedule', async () => {
	const receiver = await openReceiver();
	const { write, deliveries } = await openWithWebhook(receiver, VERY_FAST);
	deliveries.faults.add({ kind: 'dropAnswer', event: 'message.created', times: 2 });
	write();
	await deliveries.settled();
	expect(deliveries.log).toMatchObject([
		{ attempt: 1, status: 200, fault: 'dropAnswer' },
		{ attempt: 2, status: 200, fault: 'dropAnswer' },
		{ attempt: 3, status: 200 },
	]);
	expect(deliveries.log[2]).not.toHaveProperty('fault');
	expect(new Set(receiver.received.map(({ raw }) => raw.toString())).size).toBe(1);
	expect(deliveries.faults.remaining()).toBe(0);
});

test('a fault for another event or webhook hits nothing', async () => {
	const receiver = await openReceiver();
	const { write, deliveries } = await openWithWebhook(receiver, VERY_FAST);
	deliveries.faults.add({ kind: 'dropAnswer', event: 'contact.created' });
	deliveries.faults.add({ kind: 'dropAnswer', webhookId: 'wh_other' });
	write();
	await deliveries.settled();
	expect(receiver.received).toHaveLength(1);
	expect(deliveries.faults.remaining()).toBe(2);
});

test('close ends what is in flight, what waits for its turn and what waits for its repeat', async () => {
	const silent = await openReceiver(() => undefined);
	const failing = await openReceiver(statuses(500));
	const { write, store, deliveries, close } = await openWithWebhook(silent, {});
	const { id } = store.addWebhook({ url: failing.url, events: ['message.created'] });
	for (let index = 0; index < 25; index++) write();
	const failed = () => deliveries.log.filter(({ status }) => status === 500).length;
	while (failed() < 25) await sleep(5);

	const startedAt = performance.now();
	await close();
	expect(performance.now() - startedAt).toBeLessThan(2000);
	await deliveries.settled();
	const brokenOff = deliveries.log.filter(({ webhookId }) => webhookId !== id);
	expect(brokenOff).toHaveLength(20);
	for (const { error } of brokenOff) expect(error).toBe('The sandbox was closed');
	const attempts = deliveries.log.length;
	write();
	expect(deliveries.log).toHaveLength(attempts);
});
