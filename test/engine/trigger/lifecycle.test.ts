import dns from 'node:dns';

import type { Fault } from '../../../sandbox';
import { openSandbox, type OpenSandbox } from '../../support/openSandbox';
import { openTriggerHost, type TriggerHost } from './triggerHost';

let sandbox: OpenSandbox;
let host: TriggerHost;

beforeEach(async () => {
	sandbox = await openSandbox({ data: 'empty', seed: 1 });
	host = await openTriggerHost(sandbox);
});

afterEach(() => jest.restoreAllMocks());

const publish = async (options: object = {}, events = ['message.created']) =>
	await host.publish({ events, options } as never);

const registered = () => [...sandbox.store.webhooks.values()];
const requests = () => sandbox.journal.entries.map(({ method, path }) => `${method} ${path}`);

describe('publishing', () => {
	it('makes one webhook for the chosen events, and keeps its ID and secret', async () => {
		await host.publish({ events: ['message.created', 'contact.created'] });

		const [webhook, ...others] = registered();
		expect(others).toEqual([]);
		expect(webhook).toMatchObject({
			url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/webhook\/.+\/webhook$/),
			events: ['contact.created', 'message.created'],
		});
		expect(host.stored).toMatchObject({ webhookId: webhook!.id, secret: webhook!.secret });
	});

	it('makes none when it is there already, as after a restart of n8n', async () => {
		await publish();
		await host.publish();
		expect(requests()).toEqual(['POST /webhooks']);
	});

	it.each<[string, (host: TriggerHost) => Promise<void>]>([
		['the events', async () => await host.publish({ events: ['contact.updated'] })],
		[
			'the address',
			async () => {
				host.origin = 'http://127.0.0.1:9';
				await host.publish();
			},
		],
	])('replaces its webhook when %s changed', async (_, change) => {
		await publish();
		const [first] = registered();

		await change(host);

		expect(registered()).toHaveLength(1);
		expect(registered()).not.toContainEqual(expect.objectContaining({ id: first!.id }));
		expect(host.stored).toMatchObject({
			webhookId: registered()[0]!.id,
			secret: registered()[0]!.secret,
		});
	});

	it('makes a new one when the secret is lost', async () => {
		await publish();
		const { secret, ...rest } = host.stored;
		host.stored = rest;

		await host.publish();

		expect(registered()).toMatchObject([{ secret: host.stored.secret }]);
		expect(host.stored.secret).not.toBe(secret);
	});

	it('leaves the webhooks of others alone, also that of a workflow of which it is a copy', async () => {
		const other = sandbox.store.addWebhook({ url: 'https://example.com', events: [] });
		await publish();
		const original = host.stored;
		host.stored = { ...original, madeBy: 'another n8n/workflow' };

		await host.publish();
		await host.unpublish();

		expect(registered().map(({ id }) => id)).toEqual([other.id, original.webhookId]);
	});

	it('asks for an event before it asks Sahut for anything', async () => {
		await expect(host.publish({ events: [] })).rejects.toThrow('Trigger On is empty');
		expect(requests()).toEqual([]);
	});

	it('shows what Sahut refuses, and stores nothing', async () => {
		sandbox.faults.add({ method: 'POST', kind: 'status', status: 403 });
		await expect(publish()).rejects.toThrow(
			'This API key has no permission to create a webhook for this workflow',
		);
		expect(host.stored).toEqual({});
	});

	it('does not ask twice when the answer is lost, and says what may be there', async () => {
		sandbox.faults.add({ method: 'POST', kind: 'dropAfter' });
		await expect(publish()).rejects.toMatchObject({
			description: expect.stringContaining('this n8n rejects its deliveries'),
		});
		expect(requests()).toEqual(['POST /webhooks']);
	});

	it('keeps no webhook of which it does not know the secret', async () => {
		sandbox.faults.add({ method: 'POST', kind: 'body', body: { data: { id: 'wh_1' } } });
		await expect(publish()).rejects.toThrow('Sahut returned no signing secret for the webhook');
		expect(requests()).toEqual(['POST /webhooks', 'DELETE /webhooks/wh_1']);
		expect(host.stored).toEqual({});
	});

	it.each(['http://127.0.0.1:5678', 'https://n8n.local'])(
		'at %s, which Sahut cannot reach, says what to do',
		async (origin) => {
			const far = await openTriggerHost({ apiKey: 'sk_live_1', url: 'https://api.sahut.id/v1' });
			far.origin = origin;
			await expect(far.publish({ events: ['message.created'] })).rejects.toMatchObject({
				message: expect.stringContaining(`Sahut cannot deliver events to ${origin}/webhook`),
				description: expect.stringContaining('WEBHOOK_URL'),
			});
		},
	);
});

describe('unpublishing', () => {
	beforeEach(async () => await publish());

	it('deletes the webhook and forgets it', async () => {
		await host.unpublish();
		expect(registered()).toEqual([]);
		expect(host.stored).toEqual({});
	});

	it('is content when the webhook is gone already', async () => {
		sandbox.store.deleteWebhook(String(host.stored.webhookId));
		await host.unpublish();
		expect(host.stored).toEqual({});
	});

	it('tries again when Sahut does not answer: a deletion can be repeated', async () => {
		sandbox.faults.add({ method: 'DELETE', kind: 'dropAfter' });
		await host.unpublish();
		expect(requests().slice(1)).toHaveLength(2);
		expect(host.stored).toEqual({});
	});

	it('shows any other answer and still knows its webhook, so that it can be deleted later', async () => {
		const before = host.stored;
		sandbox.faults.add({ method: 'DELETE', kind: 'status', status: 403 });
		await expect(host.unpublish()).rejects.toThrow(
			'This API key has no permission to delete webhook',
		);
		expect(host.stored).toEqual(before);

		await host.unpublish();
		expect(registered()).toEqual([]);
	});

	it('asks Sahut for nothing when there is no webhook', async () => {
		await host.unpublish();
		await host.unpublish();
		expect(requests()).toEqual(['POST /webhooks', expect.stringMatching(/^DELETE/)]);
	});
});

describe('when the credential has become that of', () => {
	const unpublishAndPublish = async () => {
		await host.unpublish();
		await host.publish();
	};

	beforeEach(async () => await publish());

	it.each<[string, () => Promise<void>]>([
		['n8n starts again', async () => await host.publish()],
		['the workflow is published again', unpublishAndPublish],
	])('another workspace and %s, it has a webhook there', async (_, again) => {
		const { webhookId, madeWith } = host.stored;
		const other = await openSandbox({ data: 'empty', seed: 2, apiKey: 'sk_live_other' });
		host.account = other;

		await again();

		const webhooks = [...other.store.webhooks.values()];
		expect(webhooks).toMatchObject([{ id: host.stored.webhookId, secret: host.stored.secret }]);
		expect(host.warnings).toEqual([expect.stringContaining(`webhook ${String(webhookId)} `)]);
		for (const hidden of ['sk_live', String(madeWith), String(host.stored.madeWith)]) {
			expect(host.warnings.join()).not.toContain(hidden);
		}
		expect(JSON.stringify(host.stored)).not.toContain('sk_live');
		await host.publish();
		expect([...other.store.webhooks.values()]).toEqual(webhooks);
	});

	it('the same workspace, with another key, its webhook is replaced without a warning', async () => {
		const [before] = registered();
		// With the same seed, the same IDs.
		sandbox = await openSandbox({ data: 'empty', seed: 1, apiKey: 'sk_live_newer' });
		sandbox.store.addWebhook(before!);
		host.account = sandbox;

		await host.publish();

		expect(requests()).toEqual([`DELETE /webhooks/${before!.id}`, 'POST /webhooks']);
		expect(registered()).toMatchObject([{ id: host.stored.webhookId }]);
		expect(host.warnings).toEqual([]);
	});

	it('the same workspace, it keeps the webhook of which it does not know the key', async () => {
		const { madeWith, ...stored } = host.stored;
		expect(madeWith).toEqual(expect.any(String));
		host.stored = stored;
		await host.publish();
		expect(requests()).toEqual(['POST /webhooks']);
	});
});

describe('when another trigger of the workflow cannot be published', () => {
	it.each(['new', 'published'])('leaves no webhook of a %s workflow behind', async (state) => {
		if (state === 'published') await publish();
		await host.publishExpectingError({ events: ['contact.updated'] });
		expect(sandbox.journal.entries.at(-1)!.method).toBe('DELETE');
		expect(registered()).toEqual([]);
	});

	it('leaves the webhooks of a test run and of copies alone', async () => {
		const copy = await openTriggerHost(sandbox, { workflowId: 'copy' });
		copy.origin = host.origin;
		await copy.publish({ events: ['message.created'] });
		await host.listenForTest({ events: ['message.created'] });
		const before = registered();
		expect(before).toHaveLength(2);

		await host.publishExpectingError();

		expect(registered()).toEqual(before);
	});
});

describe('Message Types and Sender Types', () => {
	it.each([
		[{ senderTypes: ['agent', 'bot'] }],
		[{ messageTypes: ['incoming'], senderTypes: ['bot'] }],
		[{ messageTypes: ['outgoing'], senderTypes: ['contact'] }],
	])('that no message can have are said before Sahut is asked: %j', async (options) => {
		await expect(publish(options)).rejects.toMatchObject({
			message: 'No message can match both Message Types and Sender Types',
			description: expect.stringContaining('without Message Types, only incoming'),
		});
		expect(requests()).toEqual([]);
	});

	it.each([
		[{ senderTypes: ['contact', 'bot'] }, []],
		[{ messageTypes: ['outgoing'], senderTypes: ['agent'] }, []],
		[{ messageTypes: ['activity'], senderTypes: ['contact'] }, []],
		[{ messageTypes: [], senderTypes: [] }, []],
		[{ senderTypes: ['agent'] }, ['contact.created']],
	])('%j let something in, with the events %j beside messages', async (options, more) => {
		await publish(options, [...more, 'message.created']);
		expect(requests()).toEqual(['POST /webhooks']);
		expect(host.warnings).toEqual([]);
	});
});

describe('the log after publishing', () => {
	const created = (events?: string[]): Fault => ({
		method: 'POST',
		kind: 'body',
		body: { data: { id: 'wh_1', secret: 'whsec_1', events } },
	});

	it.each<[string, string[], Fault | undefined]>([
		[
			'names the selected events that the new webhook lacks',
			[
				'Sahut created the webhook wh_1 without contact.created, contact.updated: these events will not start the workflow.',
			],
			created(['message.created']),
		],
		['has no warning if the response does not name the events', [], created()],
		['has no warning if the webhook has all selected events', [], undefined],
	])('%s', async (_, warnings, fault) => {
		if (fault) sandbox.faults.add(fault);

		await publish({}, ['contact.created', 'contact.updated', 'message.created']);

		expect(host.warnings).toEqual(warnings);
	});

	it('has no warning about a channel without conversations, and publishing does not read them', async () => {
		await publish({ channelIds: ['ch_gone'] });

		expect(host.warnings).toEqual([]);
		expect(requests()).toEqual(['POST /webhooks']);
	});
});

it('a webhook that another n8n has made for this workflow is named in the log', async () => {
	await publish();
	const { webhookId } = host.stored;
	host.stored = { ...host.stored, madeBy: 'another n8n/workflow' };
	await publish();
	expect(host.warnings).toEqual([
		expect.stringContaining(`webhook ${String(webhookId)} was created by another n8n`),
	]);
});

it('an n8n in a container works with a sandbox on the computer that it runs on', async () => {
	const { lookup } = dns;
	const asDocker = (name: string, ...rest: unknown[]) =>
		(lookup as (...args: unknown[]) => void)(
			name === 'host.docker.internal' ? '127.0.0.1' : name,
			...rest,
		);
	jest.spyOn(dns, 'lookup').mockImplementation(asDocker as never);
	const url = sandbox.url.replace('127.0.0.1', 'host.docker.internal');
	host.account = { apiKey: sandbox.apiKey, url };

	await publish();
	sandbox.store.addIncoming(sandbox.store.addConversation().id, 'Halo');

	await sandbox.deliveries.settled();
	expect(host.executions).toMatchObject([{ text: 'Halo' }]);
	expect(sandbox.journal.entries[0]!.headers.host).toMatch(/^host\.docker\.internal:/);
});
