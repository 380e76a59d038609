import dns from 'node:dns';

import { until } from '../../scripts/n8n';
import { openSandbox, type OpenSandbox } from '../support/openSandbox';
import { openTriggerHost, type TriggerHost } from './triggerHost';

let sandbox: OpenSandbox;
let host: TriggerHost;

beforeEach(async () => {
	sandbox = await openSandbox({ data: 'empty' });
	host = await openTriggerHost(sandbox);
});

afterEach(() => jest.restoreAllMocks());

const requests = () => sandbox.journal.entries.map(({ method, path }) => `${method} ${path}`);
const publish = async (options: object, events = ['message.created']) =>
	await host.publish({ events, options } as never);

describe('Message Types and Sender Types that no message can have', () => {
	it.each([
		[{ senderTypes: ['agent', 'bot'] }],
		[{ messageTypes: ['incoming'], senderTypes: ['bot'] }],
		[{ messageTypes: ['outgoing'], senderTypes: ['contact'] }],
	])('are said before Sahut is asked for anything: %j', async (options) => {
		await expect(publish(options)).rejects.toMatchObject({
			message: 'No message can have these Message Types and these Sender Types',
			description: expect.stringContaining('without Message Types, only incoming'),
		});
		expect(requests()).toEqual([]);
	});

	it('keep nobody from publishing who waits for something else too', async () => {
		await publish({ senderTypes: ['agent'] }, ['contact.created', 'message.created']);
		expect(requests()).toEqual(['POST /webhooks']);
	});
});

it.each([
	[{ senderTypes: ['contact', 'bot'] }],
	[{ messageTypes: ['outgoing'], senderTypes: ['agent'] }],
	[{ messageTypes: ['activity'], senderTypes: ['contact'] }],
	[{ messageTypes: [], senderTypes: [] }],
])('%j lets some messages in', async (options) => {
	await publish(options);
	expect(requests()).toEqual(['POST /webhooks']);
	expect(host.warnings).toEqual([]);
});

describe('a channel of the filter', () => {
	it('that has conversations is fine', async () => {
		const { channel } = sandbox.store.addConversation();
		await publish({ channelIds: [channel.id] });
		expect(host.warnings).toEqual([]);
	});

	it('that has none is named in the log, once', async () => {
		const { channel } = sandbox.store.addConversation();
		await publish({ channelIds: ['ch_gone', channel.id, 'ch_other'] });
		expect(host.warnings).toEqual([
			expect.stringContaining('no conversation on the channel ch_gone, ch_other,'),
		]);
	});

	it('of which Sahut knows nothing is named too', async () => {
		sandbox.faults.add({ method: 'GET', kind: 'status', status: 404 });
		await publish({ channelIds: ['ch_gone'] });
		expect(host.warnings).toEqual([expect.stringContaining('ch_gone')]);
	});

	it.each([401, 403, 429, 500])(
		'that cannot be looked at because of a %d is no reason for a warning, nor for a second request',
		async (status) => {
			sandbox.faults.add({ method: 'GET', kind: 'status', status });
			await publish({ channelIds: ['ch_1', 'ch_2'] });
			expect(host.warnings).toEqual([]);
			expect(requests()).toEqual(['POST /webhooks', 'GET /conversations']);
			expect(host.stored.webhookId).toEqual(expect.any(String));
		},
	);
});

it('events that Sahut has left out are named in the log', async () => {
	const data = { id: 'wh_1', secret: 'whsec_1', events: ['message.created'] };
	sandbox.faults.add({ method: 'POST', kind: 'body', body: { data } });
	await publish({}, ['contact.created', 'contact.updated', 'message.created']);
	expect(host.warnings).toEqual([
		'Sahut has made the webhook wh_1 without contact.created, contact.updated: these events will not start the workflow.',
	]);
});

it('an answer that does not name the events is no reason for a warning', async () => {
	const data = { id: 'wh_1', secret: 'whsec_1' };
	sandbox.faults.add({ method: 'POST', kind: 'body', body: { data } });
	await publish({});
	expect(host.warnings).toEqual([]);
});

it('a webhook that another n8n has made for this workflow is named in the log', async () => {
	await publish({});
	const { webhookId } = host.stored;
	host.stored = { ...host.stored, madeBy: 'another n8n/workflow' };
	await publish({});
	expect(host.warnings).toEqual([
		expect.stringContaining(`webhook ${String(webhookId)} was made by another n8n`),
	]);
});

it('an address that only the own network knows is refused before Sahut is asked', async () => {
	const far = await openTriggerHost({ apiKey: 'sk_live_1', url: 'https://api.sahut.id/v1' });
	far.origin = 'https://n8n.local';
	await expect(far.publish({ events: ['message.created'] })).rejects.toMatchObject({
		message: expect.stringMatching(/^Sahut cannot deliver to https:\/\/n8n\.local\/webhook/),
		description: expect.stringContaining('WEBHOOK_URL'),
	});
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

	await publish({});
	sandbox.store.addIncoming(sandbox.store.addConversation().id, 'Halo');

	await until('the delivery', 5_000, () => host.executions[0]);
	expect(host.executions).toMatchObject([{ text: 'Halo' }]);
	expect(sandbox.journal.entries[0]!.headers.host).toMatch(/^host\.docker\.internal:/);
});
