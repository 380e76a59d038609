import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { EVENT_NAMES } from '../../sandbox/events';
import { closedOrigin } from '../support/localServer';
import { openReceiver, statuses, type Receiver } from './openReceiver';
import { openSandbox } from '../support/openSandbox';

const WEBHOOKS = { timeScale: 0.0001, answerTimeoutMs: 5000 };

async function openWithWebhook(receiver: Pick<Receiver, 'url'>) {
	const sandbox = await openSandbox({ data: 'empty', webhooks: WEBHOOKS });
	const { id } = sandbox.store.addConversation();
	sandbox.store.addIncoming(id, 'Yang pertama');
	const webhook = sandbox.store.addWebhook({ url: receiver.url, events: ['message.created'] });
	return { ...sandbox, webhook, write: (text: string) => sandbox.store.addIncoming(id, text) };
}

const signatureOf = ({ headers }: Receiver['received'][number]) => headers['x-sahut-signature'];

test('repeats the last event, one after another, in the same bytes', async () => {
	const receiver = await openReceiver();
	const { write, deliveries } = await openWithWebhook(receiver);
	write('Halo');
	await deliveries.settled();
	const answers = await deliveries.repeat('last', 3);

	expect(answers).toMatchObject(Array(3).fill({ status: 200, body: 'ok' }));
	expect(receiver.received).toHaveLength(4);
	expect(new Set(receiver.received.map(({ raw }) => raw.toString())).size).toBe(1);
	expect(new Set(receiver.received.map(signatureOf)).size).toBe(1);
	expect(receiver.maxWaiting()).toBe(1);
	expect(deliveries.log.map(({ kind }) => kind)).toEqual(['event', 'repeat', 'repeat', 'repeat']);
	expect(new Set(deliveries.log.map(({ eventId }) => eventId)).size).toBe(1);
});

test('repeats at the same instant, also more often than a webhook has in flight otherwise', async () => {
	const held: ServerResponse[] = [];
	const receiver = await openReceiver((response, { body }) => {
		if (body.data.message.content === 'Lain' || receiver.received.length === 1) response.end();
		else held.push(response);
	});
	const { write, deliveries } = await openWithWebhook(receiver);
	write('Halo');
	await deliveries.settled();
	const { eventId } = deliveries.log[0]!;
	write('Lain');
	await deliveries.settled();

	const repeated = deliveries.repeat(eventId!, 30, { atOnce: true });
	while (held.length < 30) await new Promise(setImmediate);
	for (const response of held) response.end();
	expect(await repeated).toMatchObject(Array(30).fill({ status: 200 }));
	const ids = receiver.received.map(({ body }) => body.id as string);
	expect(ids.filter((id) => id === eventId)).toHaveLength(31);
});

test('a repeat that fails is told and not tried again', async () => {
	const receiver = await openReceiver(statuses(200, 500));
	const { write, deliveries } = await openWithWebhook(receiver);
	write('Halo');
	await deliveries.settled();
	expect(await deliveries.repeat('last')).toMatchObject([{ status: 500 }]);
	await deliveries.settled();
	expect(receiver.received).toHaveLength(2);
});

test('repeats to every webhook that asks for such events', async () => {
	const [first, second, other] = [await openReceiver(), await openReceiver(), await openReceiver()];
	const { write, deliveries, store } = await openWithWebhook(first);
	store.addWebhook({ url: second.url, events: ['message.created'] });
	store.addWebhook({ url: other.url, events: ['contact.created'] });
	write('Halo');
	await deliveries.settled();
	expect(await deliveries.repeat('last', 2)).toHaveLength(4);
	const counts = [first, second, other].map(({ received }) => received.length);
	expect(counts).toEqual([3, 3, 0]);
});

test('there is nothing to repeat before the first event, and after clear()', async () => {
	const { write, deliveries } = await openWithWebhook(await openReceiver());
	await expect(deliveries.repeat('last')).rejects.toThrow('No such event was delivered: last');
	write('Halo');
	await deliveries.settled();
	expect(await deliveries.repeat('last')).toHaveLength(1);
	deliveries.clear();
	expect(deliveries.log).toHaveLength(0);
	await expect(deliveries.repeat('last')).rejects.toThrow('No such event');
});

test.each([
	['missing', undefined],
	['malformed', 'not-a-signature'],
	['sha256=0000', 'sha256=0000'],
])('forges an event with a signature that is %s, once', async (signature, expected) => {
	const receiver = await openReceiver((response) => {
		response.statusCode = 401;
		response.end('Signature is not valid');
	});
	const { deliveries } = await openWithWebhook(receiver);
	const answer = await deliveries.forge({ signature });
	expect(answer).toMatchObject({ status: 401, body: 'Signature is not valid' });
	await deliveries.settled();
	expect(receiver.received.map(signatureOf)).toEqual([expected]);
	expect(receiver.received[0]!.body).toMatchObject({
		event: 'message.created',
		data: { message: { content: 'Yang pertama' } },
	});
	expect(deliveries.log).toMatchObject([{ kind: 'forged', attempt: 1, status: 401 }]);
});

test('a wrong signature looks like a right one', async () => {
	const receiver = await openReceiver();
	const { deliveries, webhook } = await openWithWebhook(receiver);
	await deliveries.forge();
	deliveries.settings.signature = 'base64';
	await deliveries.forge({ signature: 'wrong', body: 'anything' });
	const [hex, base64] = receiver.received;
	const right = (raw: Buffer) => createHmac('sha256', webhook.secret).update(raw);
	expect(signatureOf(hex!)).toMatch(/^[0-9a-f]{64}$/);
	expect(signatureOf(hex!)).not.toBe(right(hex!.raw).digest('hex'));
	expect(signatureOf(base64!)).toMatch(/^[A-Za-z0-9+/]{43}=$/);
	expect(signatureOf(base64!)).not.toBe(right(base64!.raw).digest('base64'));
	expect(base64!.raw.toString()).toBe('anything');
});

test.each(EVENT_NAMES)('forges a %s', async (event) => {
	const receiver = await openReceiver();
	const { deliveries } = await openWithWebhook(receiver);
	await deliveries.forge({ event });
	expect(receiver.received[0]!.body.event).toBe(event);
});

test('forges for the newest webhook unless told which', async () => {
	const [first, second] = [await openReceiver(), await openReceiver()];
	const { deliveries, store, webhook } = await openWithWebhook(first);
	store.addWebhook({ url: second.url, events: ['contact.created'] });
	await deliveries.forge();
	expect([first.received.length, second.received.length]).toEqual([0, 1]);
	await deliveries.forge({ webhookId: webhook.id });
	expect([first.received.length, second.received.length]).toEqual([1, 1]);
});

test('cannot forge without a webhook, nor tell of what is not there', async () => {
	const { deliveries, store } = await openSandbox({ data: 'empty' });
	await expect(deliveries.forge()).rejects.toThrow('Webhook not found');
	await expect(deliveries.post('wh_none', '{}')).rejects.toThrow('Webhook not found');
	store.addWebhook({ url: await closedOrigin(), events: ['message.created'] });
	await expect(deliveries.forge()).rejects.toThrow('message.created');
});

test('posts any bytes, rightly signed, with headers put over the usual ones', async () => {
	const receiver = await openReceiver((response) => response.end('taken'));
	const { deliveries, webhook } = await openWithWebhook(receiver);
	const bytes = new Uint8Array([0xff, 0x00, 0x7b]);
	const answer = await deliveries.post(webhook.id, bytes, { 'Content-Type': 'text/plain' });

	expect(answer).toMatchObject({ status: 200, body: 'taken' });
	const [event] = receiver.received;
	expect([...event!.raw]).toEqual([0xff, 0x00, 0x7b]);
	expect(event!.headers['content-type']).toBe('text/plain');
	expect(signatureOf(event!)).toBe(
		createHmac('sha256', webhook.secret).update(event!.raw).digest('hex'),
	);
	await deliveries.post(webhook.id, '{}', { 'X-Sahut-Signature': 'mine' });
	expect(signatureOf(receiver.received[1]!)).toBe('mine');
});

test('tells when there is no answer', async () => {
	const { deliveries } = await openWithWebhook({ url: await closedOrigin() });
	const answer = await deliveries.forge();
	expect(answer).toMatchObject({ error: expect.stringContaining('ECONNREFUSED'), body: '' });
	expect(answer.status).toBeUndefined();
});
