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

/** Returns the webhooks in Sahut. */
const registered = () => [...sandbox.store.webhooks.values()];
const requests = () => sandbox.journal.entries.map(({ method, path }) => `${method} ${path}`);

describe('Publishing', () => {
	it('creates one webhook for the selected events, and stores its ID and secret', async () => {
		await host.publish({ events: ['message.created', 'contact.created'] });

		const [webhook, ...others] = registered();
		expect(others).toEqual([]);
		expect(webhook).toMatchObject({
			url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/webhook\/.+\/webhook$/),
			events: ['contact.created', 'message.created'],
		});
		expect(host.stored).toMatchObject({ webhookId: webhook!.id, secret: webhook!.secret });
	});

	it('creates no webhook if it exists, as after a restart of n8n', async () => {
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
	])('replaces its webhook if %s changed', async (_, change) => {
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

	it('creates a new webhook if the secret is lost', async () => {
		await publish();
		const { secret, ...rest } = host.stored;
		host.stored = rest;

		await host.publish();

		expect(registered()).toMatchObject([{ secret: host.stored.secret }]);
		expect(host.stored.secret).not.toBe(secret);
	});

	it('does not change other webhooks, not even that of the workflow that it is a copy of', async () => {
		const other = sandbox.store.addWebhook({ url: 'https://example.com', events: [] });
		await publish();
		const original = host.stored;
		host.stored = { ...original, madeBy: 'another n8n/workflow' };

		await host.publish();
		await host.unpublish();

		expect(registered().map(({ id }) => id)).toEqual([other.id, original.webhookId]);
	});

	it('fails before any request if no event is selected', async () => {
		await expect(host.publish({ events: [] })).rejects.toThrow('Trigger On is empty');
		expect(requests()).toEqual([]);
	});

	it('fails and stores nothing if Sahut rejects the webhook', async () => {
		sandbox.faults.add({ method: 'POST', kind: 'status', status: 403 });
		await expect(publish()).rejects.toThrow(
			'This API key has no permission to create a webhook for this workflow',
		);
		expect(host.stored).toEqual({});
	});

	it('advises no option that the trigger lacks if the rate limit is reached for too long', async () => {
		sandbox.faults.add({ method: 'POST', kind: 'status', status: 429, retryAfter: 300 });

		await expect(publish()).rejects.toMatchObject({
			description: expect.stringContaining('Try again in a minute.'),
		});
	});

	it('does not retry after a lost response, and the error mentions the possible webhook', async () => {
		sandbox.faults.add({ method: 'POST', kind: 'dropAfter' });
		await expect(publish()).rejects.toMatchObject({
			description: expect.stringContaining('this n8n rejects its deliveries'),
		});
		expect(requests()).toEqual(['POST /webhooks']);
	});

	it('deletes a webhook whose secret Sahut does not return', async () => {
		sandbox.faults.add({ method: 'POST', kind: 'body', body: { data: { id: 'wh_1' } } });
		await expect(publish()).rejects.toThrow('Sahut returned no signing secret for the webhook');
		expect(requests()).toEqual(['POST /webhooks', 'DELETE /webhooks/wh_1']);
		expect(host.stored).toEqual({});
	});

	it.each(['http://127.0.0.1:5678', 'https://n8n.local'])(
		'at %s, which Sahut cannot reach, fails and mentions WEBHOOK_URL',
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

describe('Unpublishing', () => {
	beforeEach(async () => await publish());

	it('deletes the webhook in Sahut and in n8n', async () => {
		await host.unpublish();

		expect(registered()).toEqual([]);
		expect(host.stored).toEqual({});
	});

	it('succeeds if the webhook was deleted in Sahut', async () => {
		sandbox.store.deleteWebhook(String(host.stored.webhookId));

		await host.unpublish();

		expect(host.stored).toEqual({});
	});

	it('retries the deletion after a lost response', async () => {
		sandbox.faults.add({ method: 'DELETE', kind: 'dropAfter' });

		await host.unpublish();

		expect(requests().slice(1)).toHaveLength(2);
		expect(host.stored).toEqual({});
	});

	it('fails and keeps the webhook if Sahut rejects the deletion, so that it can be deleted later', async () => {
		const before = host.stored;
		sandbox.faults.add({ method: 'DELETE', kind: 'status', status: 403 });

		await expect(host.unpublish()).rejects.toThrow(
			'This API key has no permission to delete webhook',
		);
		expect(host.stored).toEqual(before);

		await host.unpublish();
		expect(registered()).toEqual([]);
	});

	it('makes no request if there is no webhook', async () => {
		await host.unpublish();

		await host.unpublish();

		expect(requests()).toEqual(['POST /webhooks', expect.stringMatching(/^DELETE/)]);
	});
});

describe('If the credential changes', () => {
	const unpublishAndPublish = async () => {
		await host.unpublish();
		await host.publish();
	};

	beforeEach(async () => await publish());

	it.each<[string, () => Promise<void>]>([
		['n8n is restarted', async () => await host.publish()],
		['the workflow is published again', unpublishAndPublish],
	])('to another workspace, the trigger creates a webhook there when %s', async (_, again) => {
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

	it('to another key of the same workspace, the webhook is replaced without a warning', async () => {
		const [before] = registered();
		// The same seed results in the same IDs.
		sandbox = await openSandbox({ data: 'empty', seed: 1, apiKey: 'sk_live_newer' });
		sandbox.store.addWebhook(before!);
		host.account = sandbox;

		await host.publish();

		expect(requests()).toEqual([`DELETE /webhooks/${before!.id}`, 'POST /webhooks']);
		expect(registered()).toMatchObject([{ id: host.stored.webhookId }]);
		expect(host.warnings).toEqual([]);
	});

	it('but the key of the webhook is unknown, the webhook is kept', async () => {
		const { madeWith, ...stored } = host.stored;
		expect(madeWith).toEqual(expect.any(String));
		host.stored = stored;

		await host.publish();

		expect(requests()).toEqual(['POST /webhooks']);
	});
});

describe('If another trigger of the workflow cannot be published, the trigger', () => {
	it.each(['new', 'published'])('leaves no webhook of a %s workflow', async (state) => {
		if (state === 'published') await publish();

		await host.publishExpectingError({ events: ['contact.updated'] });

		expect(sandbox.journal.entries.at(-1)!.method).toBe('DELETE');
		expect(registered()).toEqual([]);
	});

	it('does not delete the webhooks of a test run and of copies', async () => {
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
	])('that exclude all messages are rejected before any request: %j', async (options) => {
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
	])('%j are accepted with the additional events %j', async (options, additionalEvents) => {
		await publish(options, [...additionalEvents, 'message.created']);

		expect(requests()).toEqual(['POST /webhooks']);
		expect(host.warnings).toEqual([]);
	});
});

describe('The log after publishing', () => {
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

it('n8n logs a warning about a webhook that another n8n has created for this workflow', async () => {
	await publish();
	const { webhookId } = host.stored;
	host.stored = { ...host.stored, madeBy: 'another n8n/workflow' };

	await publish();

	expect(host.warnings).toEqual([
		expect.stringContaining(`webhook ${String(webhookId)} was created by another n8n`),
	]);
});

it('The trigger accepts a sandbox at host.docker.internal, for an n8n in a container', async () => {
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
