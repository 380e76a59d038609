import { openSandbox, type OpenSandbox } from '../../support/openSandbox';
import { messageEvent } from './messageEvent';
import { openTriggerHost, sign, type PendingStart, type TriggerHost } from './triggerHost';
import { now, useRealWaits } from '../../support/testClock';

let sandbox: OpenSandbox;
let host: TriggerHost;

beforeEach(async () => {
	sandbox = await openSandbox({ data: 'empty' });
	host = await openTriggerHost(sandbox);
	await host.publish({ events: ['message.created'] });
});

/** Long enough for n8n to answer what it does not wait for. */
const aMoment = async () => await new Promise((resolve) => setTimeout(resolve, 100));
const startedWith = () => host.executions.map(({ event_id }) => event_id);

/** A delivery that n8n is about to start an execution for. */
async function deliverHeld(event: object, signal?: AbortSignal) {
	const start = host.pauseNextStart();
	const answer = host.deliver(event, undefined, signal);
	await start.reached;
	return { start, answer };
}

describe('when Sahut hangs up before n8n has answered, an event', () => {
	async function deliverAndHangUp(event: object): Promise<PendingStart> {
		const line = new AbortController();
		const { start, answer } = await deliverHeld(event, line.signal);
		line.abort();
		await expect(answer).rejects.toThrow('aborted');
		await start.disconnected;
		return start;
	}

	it('that n8n could not take starts an execution when it is delivered again', async () => {
		const event = messageEvent();
		(await deliverAndHangUp(event)).fail();
		await aMoment();
		expect(startedWith()).toEqual([]);

		expect(await host.deliver(event)).toMatchObject({ status: 200 });
		expect(startedWith()).toEqual([event.id]);
	});

	it('that n8n took all the same starts nothing more, also after a restart', async () => {
		const event = messageEvent();
		(await deliverAndHangUp(event)).succeed();
		await aMoment();

		expect(await host.deliver(event)).toMatchObject({ status: 200 });
		await host.restart();
		expect(await host.deliver(event)).toMatchObject({ status: 200 });
		expect(startedWith()).toEqual([event.id]);
	});
});

describe('while n8n is busy with an event, another delivery of it', () => {
	beforeEach(() => useRealWaits());

	/** @returns the answers to all three deliveries, each as soon as it is there. */
	async function deliverThrice(event: object) {
		const answers: number[] = [];
		const { start, answer } = await deliverHeld(event);
		const all = [answer, host.deliver(event), host.deliver(event)].map(async (each) =>
			answers.push((await each).status),
		);
		await aMoment();
		return { start, answers, all: Promise.all(all) };
	}

	it('waits, and starts nothing when n8n takes the first', async () => {
		const event = messageEvent();
		const { start, answers, all } = await deliverThrice(event);
		expect(answers).toEqual([]);

		start.succeed();
		await all;
		expect(answers).toEqual([200, 200, 200]);
		expect(startedWith()).toEqual([event.id]);
	});

	it('starts an execution, and only one, when n8n could not take the first', async () => {
		const event = messageEvent();
		const { start, answers, all } = await deliverThrice(event);

		start.fail();
		await all;
		expect(answers.sort()).toEqual([200, 200, 500]);
		expect(startedWith()).toEqual([event.id]);
	});

	it('is put off when that takes longer than Sahut waits, and so is one that cannot be filtered', async () => {
		const { id, channel } = sandbox.store.addConversation();
		await host.publish({ events: ['message.created'], options: { channelIds: [channel.id] } });
		const busy = messageEvent({ conversation: { channel } });
		const toLookUp = messageEvent({ conversation: { id, channel: undefined } });
		sandbox.faults.add({
			method: 'GET',
			path: `/conversations/${id}`,
			kind: 'slow',
			delayMs: 8_000,
		});
		const { start, answer } = await deliverHeld(busy);
		const begin = now();

		const answers = await Promise.all([host.deliver(busy), host.deliver(toLookUp)]);

		expect(answers).toEqual([
			{ status: 503, body: '' },
			{ status: 503, body: '' },
		]);
		expect(now() - begin).toBeLessThan(10_000);
		start.succeed();
		expect(await answer).toMatchObject({ status: 200 });
		for (const event of [busy, toLookUp]) {
			expect(await host.deliver(event)).toMatchObject({ status: 200 });
		}
		expect(startedWith()).toEqual([busy.id, toLookUp.id]);
	});
});

describe('an event that n8n could not take', () => {
	it('starts an execution after a restart, although another one was stored meanwhile', async () => {
		const [first, second] = [messageEvent(), messageEvent()];
		const { start, answer } = await deliverHeld(first);
		expect(await host.deliver(second)).toMatchObject({ status: 200 });
		start.fail();
		expect(await answer).toMatchObject({ status: 500 });

		await host.restart();
		for (const event of [first, second]) {
			expect(await host.deliver(event)).toMatchObject({ status: 200 });
		}
		expect(startedWith()).toEqual([second.id, first.id]);
	});
});

describe('when the workflow is published anew, a delivery to its old webhook', () => {
	const webhooks = () => [...sandbox.store.webhooks.keys()];

	/** What the new webhook delivers is taken, and there is no other. */
	async function expectToListen(): Promise<void> {
		const event = messageEvent();
		expect(webhooks()).toEqual([host.stored.webhookId]);
		expect(await host.deliver(event)).toMatchObject({ status: 200 });
		expect(startedWith().at(-1)).toBe(event.id);
	}

	it('that is still being filtered leaves the new one as it is', async () => {
		const { id, channel } = sandbox.store.addConversation();
		await host.publish({ events: ['message.created'], options: { channelIds: [channel.id] } });
		const event = messageEvent({ conversation: { id, channel: undefined } });
		sandbox.faults.add({ method: 'GET', kind: 'slow', delayMs: 300 });
		const delivery = host.deliver(event);
		await aMoment();

		await host.unpublish();
		await host.publish({ events: ['message.created'] });
		const published = host.stored;
		expect(await delivery).toMatchObject({ status: 200 });

		expect(startedWith()).toEqual([event.id]);
		expect(host.stored).toEqual(published);
		await expectToListen();
	});

	it('that n8n is about to start an execution for leaves the new one as it is', async () => {
		const { start, answer } = await deliverHeld(messageEvent());
		await host.publish({ events: ['message.created', 'contact.created'] });
		const published = host.stored;

		start.succeed();
		expect(await answer).toMatchObject({ status: 200 });
		expect(host.stored).toMatchObject(published);
		await expectToListen();
	});

	it('stores nothing when there is no new one', async () => {
		const { start, answer } = await deliverHeld(messageEvent());
		await host.unpublish();
		start.succeed();
		expect(await answer).toMatchObject({ status: 200 });
		expect(host.stored).toEqual({});
	});

	it('that comes before n8n has stored the new one is taken', async () => {
		const stored = host.stored;
		host.stored = {};
		const event = messageEvent();
		const answer = await host.deliver(event, sign(JSON.stringify(event), stored.secret));
		expect(answer).toMatchObject({ status: 200 });
		expect(startedWith()).toEqual([event.id]);
		expect(host.stored).toMatchObject(stored);
	});
});

describe('a delivery to a test run', () => {
	it('is not taken for one to production, which has another secret', async () => {
		const delivery = await host.deliverToTest(messageEvent(), host.stored.secret);
		expect(delivery).toEqual({ status: 401, body: '' });
	});
});

describe('when an execution that ends late stores the old webhook once more', () => {
	let old: TriggerHost['stored'];

	beforeEach(async () => {
		old = host.stored;
		await host.unpublish();
	});

	it('the new one is listened to, and stored with the next delivery', async () => {
		await host.publish();
		const published = host.stored;
		host.stored = old;

		const event = messageEvent();
		const answer = await host.deliver(event, sign(JSON.stringify(event), published.secret));
		expect(answer).toMatchObject({ status: 200 });
		expect(host.stored).toMatchObject(published);
	});

	it('publishing makes a new one all the same', async () => {
		host.stored = old;
		await host.publish();
		expect([...sandbox.store.webhooks.keys()]).toEqual([host.stored.webhookId]);
		expect(host.stored.webhookId).not.toBe(old.webhookId);
	});

	it('unpublishing deletes the new one', async () => {
		await host.publish();
		host.stored = old;
		await host.unpublish();
		expect([...sandbox.store.webhooks.keys()]).toEqual([]);
		expect(host.stored).toEqual({});
	});
});
