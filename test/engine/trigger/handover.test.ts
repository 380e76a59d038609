import { openSandbox, type OpenSandbox } from '../../support/openSandbox';
import { useRealWaits } from '../../support/testClock';
import { until } from '../../support/workspace';
import { messageEvent } from './messageEvent';
import { openTriggerHost, sign, type PendingStart, type TriggerHost } from './triggerHost';

let sandbox: OpenSandbox;
let host: TriggerHost;

beforeEach(async () => {
	sandbox = await openSandbox({ data: 'empty' });
	host = await openTriggerHost(sandbox);
	await host.publish({ events: ['message.created'] });
});

/** Waits long enough for n8n to respond to deliveries that need not wait. */
const pause = async () => await new Promise((resolve) => setTimeout(resolve, 100));
const startedEvents = () => host.executions.map(({ event_id }) => event_id);

/** Delivers an event, and pauses before n8n starts the execution. */
async function deliverAndPause(event: object, signal?: AbortSignal) {
	const start = host.pauseNextStart();
	const answer = host.deliver(event, undefined, signal);
	await start.reached;
	return { start, answer };
}

describe('If Sahut disconnects before n8n responds, an event', () => {
	async function deliverAndDisconnect(event: object): Promise<PendingStart> {
		const connection = new AbortController();
		const { start, answer } = await deliverAndPause(event, connection.signal);
		connection.abort();
		await expect(answer).rejects.toThrow('aborted');
		await start.disconnected;
		return start;
	}

	it('for which n8n could not start an execution starts one when it is delivered again', async () => {
		const event = messageEvent();
		(await deliverAndDisconnect(event)).fail();
		await pause();
		expect(startedEvents()).toEqual([]);

		expect(await host.deliver(event)).toMatchObject({ status: 200 });
		expect(startedEvents()).toEqual([event.id]);
	});

	it('for which n8n has started an execution starts no second one, even after a restart', async () => {
		const event = messageEvent();
		(await deliverAndDisconnect(event)).succeed();
		await pause();

		expect(await host.deliver(event)).toMatchObject({ status: 200 });
		await host.restart();
		expect(await host.deliver(event)).toMatchObject({ status: 200 });
		expect(startedEvents()).toEqual([event.id]);
	});
});

describe('While n8n starts the execution of an event, another delivery of it', () => {
	beforeEach(() => useRealWaits());

	/** Delivers an event three times. @returns the statuses, which are added as responses arrive */
	async function deliverThrice(event: object) {
		const answers: number[] = [];
		const { start, answer } = await deliverAndPause(event);
		const all = [answer, host.deliver(event), host.deliver(event)].map(async (each) =>
			answers.push((await each).status),
		);
		await pause();
		return { start, answers, all: Promise.all(all) };
	}

	it('waits, and starts no second execution if n8n starts the first one', async () => {
		const event = messageEvent();
		const { start, answers, all } = await deliverThrice(event);
		expect(answers).toEqual([]);

		start.succeed();
		await all;
		expect(answers).toEqual([200, 200, 200]);
		expect(startedEvents()).toEqual([event.id]);
	});

	it('starts the execution if n8n could not start it for the first delivery', async () => {
		const event = messageEvent();
		const { start, answers, all } = await deliverThrice(event);

		start.fail();
		await all;
		expect(answers.sort()).toEqual([200, 200, 500]);
		expect(startedEvents()).toEqual([event.id]);
	});

	it('gets a 503 in time for Sahut to deliver again, as does an event whose filter waits for Sahut', async () => {
		const { id, channel } = sandbox.store.addConversation();
		await host.publish({ events: ['message.created'], options: { channelIds: [channel.id] } });
		const busy = messageEvent({ conversation: { channel } });
		const toLookUp = messageEvent({ conversation: { id, channel: undefined } });
		sandbox.faults.add({
			method: 'GET',
			path: `/conversations/${id}`,
			kind: 'slow',
			delayMs: 20_000,
		});
		const { start, answer } = await deliverAndPause(busy);

		const answers = await Promise.all([host.deliver(busy), host.deliver(toLookUp)]);

		expect(answers).toEqual([
			{ status: 503, body: '' },
			{ status: 503, body: '' },
		]);
		// The trigger has responded before the lookup, which takes longer than Sahut waits.
		const [lookup] = sandbox.journal.entries.filter(({ method }) => method === 'GET');
		expect(lookup).not.toHaveProperty('status');
		start.succeed();
		expect(await answer).toMatchObject({ status: 200 });
		for (const event of [busy, toLookUp]) {
			expect(await host.deliver(event)).toMatchObject({ status: 200 });
		}
		expect(startedEvents()).toEqual([busy.id, toLookUp.id]);
	});
});

describe('An event for which n8n could not start an execution', () => {
	it('starts one after a restart, although another event was stored in the meantime', async () => {
		const [first, second] = [messageEvent(), messageEvent()];
		const { start, answer } = await deliverAndPause(first);
		expect(await host.deliver(second)).toMatchObject({ status: 200 });
		start.fail();
		expect(await answer).toMatchObject({ status: 500 });

		await host.restart();
		for (const event of [first, second]) {
			expect(await host.deliver(event)).toMatchObject({ status: 200 });
		}
		expect(startedEvents()).toEqual([second.id, first.id]);
	});
});

describe('If the workflow is published again, a delivery to its old webhook', () => {
	const webhooks = () => [...sandbox.store.webhooks.keys()];

	/** Asserts that only the new webhook exists, and that its deliveries start executions. */
	async function expectNewWebhookWorks(): Promise<void> {
		const event = messageEvent();
		expect(webhooks()).toEqual([host.stored.webhookId]);
		expect(await host.deliver(event)).toMatchObject({ status: 200 });
		expect(startedEvents().at(-1)).toBe(event.id);
	}

	it('whose filter waits for Sahut does not change the new webhook', async () => {
		const { id, channel } = sandbox.store.addConversation();
		await host.publish({ events: ['message.created'], options: { channelIds: [channel.id] } });
		const event = messageEvent({ conversation: { id, channel: undefined } });
		sandbox.faults.add({ method: 'GET', kind: 'slow', delayMs: 1_500 });
		const delivery = host.deliver(event);
		await until(() => sandbox.journal.entries.some(({ method }) => method === 'GET'));

		await host.unpublish();
		await host.publish({ events: ['message.created'] });
		const published = host.stored;
		expect(await delivery).toMatchObject({ status: 200 });

		expect(startedEvents()).toEqual([event.id]);
		expect(host.stored).toEqual(published);
		await expectNewWebhookWorks();
	});

	it('for which n8n is starting an execution does not change the new webhook', async () => {
		const { start, answer } = await deliverAndPause(messageEvent());
		await host.publish({ events: ['message.created', 'contact.created'] });
		const published = host.stored;

		start.succeed();
		expect(await answer).toMatchObject({ status: 200 });
		expect(host.stored).toMatchObject(published);
		await expectNewWebhookWorks();
	});

	it('stores nothing if there is no new webhook', async () => {
		const { start, answer } = await deliverAndPause(messageEvent());
		await host.unpublish();
		start.succeed();
		expect(await answer).toMatchObject({ status: 200 });
		expect(host.stored).toEqual({});
	});

	it('starts an execution before n8n has stored the new webhook', async () => {
		const stored = host.stored;
		host.stored = {};
		const event = messageEvent();
		const answer = await host.deliver(event, sign(JSON.stringify(event), stored.secret));
		expect(answer).toMatchObject({ status: 200 });
		expect(startedEvents()).toEqual([event.id]);
		expect(host.stored).toMatchObject(stored);
	});
});

describe('A delivery to a test run', () => {
	it('is rejected if it has the signature of the production webhook', async () => {
		const delivery = await host.deliverToTest(messageEvent(), host.stored.secret);
		expect(delivery).toEqual({ status: 401, body: '' });
	});
});

describe('If an execution that ends late stores the old webhook again', () => {
	let old: TriggerHost['stored'];

	beforeEach(async () => {
		old = host.stored;
		await host.unpublish();
	});

	it('the new one still works, and is stored with the next delivery', async () => {
		await host.publish();
		const published = host.stored;
		host.stored = old;

		const event = messageEvent();
		const answer = await host.deliver(event, sign(JSON.stringify(event), published.secret));
		expect(answer).toMatchObject({ status: 200 });
		expect(host.stored).toMatchObject(published);
	});

	it('publishing creates a new one', async () => {
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
