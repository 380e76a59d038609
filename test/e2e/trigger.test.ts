import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { INode } from 'n8n-workflow';

import {
	activateWorkflow,
	createCredential,
	createWorkflow,
	deactivateWorkflow,
	getExecution,
	listExecutions,
	majorOf,
	outputItems,
	runWorkflow,
	signIn,
	startN8n,
	until,
	updateWorkflow,
	waitForExecution,
	waitUntilPublished,
	type ExecutionSummary,
	type StoredWorkflow,
} from '../../scripts/n8n';
import { chain, credentialFor, node, sahutTrigger, wait } from '../../scripts/n8n/workflowBuilder';
import { deliverSigned } from '../support/signedDelivery';
import { addCredential, useN8n, N8N_VERSION } from './n8nFixture';

const TRIGGER = 'Sahut Trigger';
const SLOW_STEP_SECONDS = 4;
/** The maximum time until n8n lists an execution that it has started. */
const LISTING_DELAY_MS = 1_500;
/** n8n 1.x publishes no trigger of a workflow if one of them fails. */
const IS_VERSION_1 = majorOf(N8N_VERSION) === 1;
const itInVersion2 = IS_VERSION_1 ? it.skip : it;

const fixture = useN8n('trigger');
let credential: string;
let workflow: StoredWorkflow;

const listWebhooks = () => [...fixture.sandbox.store.webhooks.values()];
const isTestWebhook = ({ url }: { url: string }) => url.includes('/webhook-test/');
const listProductionWebhooks = () => listWebhooks().filter((webhook) => !isTestWebhook(webhook));

/** Creates an event for a new message of a customer. */
const createEvent = (text: string) => ({
	id: `evt_${randomUUID()}`,
	event: 'message.created',
	created_at: '2026-11-24T03:00:00Z',
	data: {
		message: {
			id: `msg_${randomUUID()}`,
			type: 'incoming',
			content: text,
			sender: { type: 'contact', id: 'ct_1', name: 'Siti Aminah' },
			created_at: '2026-11-24T03:00:00Z',
		},
		conversation: { id: 'conv_1', status: 'open' },
	},
});

/** Delivers an event as Sahut does. Default: to the production webhook. */
const deliver = async (body: object, { url, secret } = listProductionWebhooks()[0]!) =>
	await deliverSigned(url, secret, JSON.stringify(body));

const listTriggerExecutions = async () =>
	await listExecutions(fixture.session, { workflowId: workflow.id });

/** Waits for executions, and asserts that exactly `count` have started. */
async function waitForExecutionCount(count: number): Promise<ExecutionSummary[]> {
	await until(`${count} executions`, 30_000, async () =>
		(await listTriggerExecutions()).length >= count ? true : undefined,
	);
	await sleep(LISTING_DELAY_MS);
	const all = await listTriggerExecutions();
	expect(all).toHaveLength(count);
	return all;
}

/** Asserts that exactly one execution has started. @returns the text of the message that it received */
async function waitForReceivedText(): Promise<unknown> {
	const [{ id }] = (await waitForExecutionCount(1)) as [ExecutionSummary];
	return await until(`execution ${id} to have data`, 30_000, async () => {
		const [item] = outputItems(await getExecution(fixture.session, id), TRIGGER);
		return item?.json.text;
	});
}

/** Updates and publishes the workflow. */
async function publish(changes: Partial<StoredWorkflow> = {}): Promise<void> {
	await updateWorkflow(fixture.session, workflow.id, changes);
	await activateWorkflow(fixture.session, workflow.id);
}

const unpublish = async () => await deactivateWorkflow(fixture.session, workflow.id);

beforeEach(async () => {
	credential = (await addCredential(fixture)).id;
	const slow = wait('Slow step', SLOW_STEP_SECONDS);
	const nodes = [sahutTrigger(TRIGGER, credential), slow];
	workflow = await createWorkflow(fixture.session, chain('Trigger', ...nodes));
});

describe('In a published workflow, the trigger', () => {
	beforeEach(async () => await activateWorkflow(fixture.session, workflow.id));
	afterEach(unpublish);

	it('has one webhook in Sahut, and none after the workflow is unpublished', async () => {
		const [webhook, ...others] = listWebhooks();
		expect(others).toEqual([]);
		expect(webhook).toMatchObject({
			url: expect.stringMatching(`^http://localhost:${fixture.n8n.port}/webhook/`),
			events: ['message.created'],
		});

		await unpublish();
		expect(listWebhooks()).toEqual([]);
		expect(await deliver(createEvent('Halo'), webhook)).toMatchObject({ status: 404 });
	});

	it('is registered again when the workflow is published with other events or another name of the trigger', async () => {
		const [first] = listWebhooks();
		const [trigger, ...nodes] = workflow.nodes as [INode, ...INode[]];
		const events = ['message.created', 'contact.created'];
		const changed = { ...trigger, parameters: { events } };

		await publish({ nodes: [changed, ...nodes] });

		expect(listWebhooks()).toMatchObject([{ events: [...events].sort() }]);
		expect(listWebhooks()).not.toContainEqual(expect.objectContaining({ id: first!.id }));

		await publish({
			nodes: [{ ...changed, name: 'Pesan masuk' }, ...nodes],
			connections: { 'Pesan masuk': workflow.connections[TRIGGER]! },
		});

		expect(listWebhooks()).toHaveLength(1);
		expect(await deliver(createEvent('Halo'))).toMatchObject({ status: 200 });
	});

	it('responds before the workflow has ended', async () => {
		expect(await deliver(createEvent('Halo'))).toMatchObject({ status: 200 });

		const statuses = (await listTriggerExecutions()).map(({ status }) => status);
		expect(statuses).not.toContain('success');
		expect(await waitForReceivedText()).toBe('Halo');
	});

	it('rejects a forged delivery with an empty 401, accepts a delivery that its filters exclude, and starts no execution for either', async () => {
		const forged = { ...listProductionWebhooks()[0]!, secret: 'whsec_forged' };
		const { data, ...envelope } = createEvent('Jawaban');
		const outgoing = { ...data.message, type: 'outgoing' };
		const filtered = { ...envelope, data: { ...data, message: outgoing } };

		expect(await deliver(createEvent('Palsu'), forged)).toEqual({ status: 401, body: '' });
		expect(await deliver(filtered)).toMatchObject({ status: 200 });
		await waitForExecutionCount(0);
	});

	it('starts an execution with an error if Sahut rejects the read for a filter, and another one after the read succeeds', async () => {
		const { id, channel } = fixture.sandbox.store.addConversation();
		const [trigger, ...nodes] = workflow.nodes as [INode, ...INode[]];
		const parameters = { options: { channelIds: [channel.id] } };
		await publish({ nodes: [{ ...trigger, parameters }, ...nodes] });
		fixture.sandbox.faults.add({ method: 'GET', kind: 'status', status: 403 });
		const { data, ...envelope } = createEvent('Halo');
		const body = { ...envelope, data: { ...data, conversation: { id } } };

		expect(await deliver(body)).toMatchObject({ status: 500 });
		const [failed] = (await waitForExecutionCount(1)) as [ExecutionSummary];
		expect(await waitForExecution(fixture.session, failed.id)).toMatchObject({
			status: 'error',
			data: {
				resultData: {
					error: {
						message: expect.stringContaining(
							'An event could not be filtered: This API key has no permission to read conversation',
						),
						description: expect.stringContaining('Ask an admin'),
					},
				},
			},
		});

		expect(await deliver(body)).toMatchObject({ status: 200 });
		await waitForExecutionCount(2);
	});

	it('starts one execution for repeated and concurrent deliveries of an event', async () => {
		const repeated = createEvent('Satu kali');

		await Promise.all(Array.from({ length: 10 }, async () => await deliver(repeated)));
		await deliver(repeated);

		expect(await waitForReceivedText()).toBe('Satu kali');
	});

	it('keeps its webhook when n8n is killed, and starts one execution for each event, although Sahut repeats them', async () => {
		const registered = listWebhooks();
		const events = Array.from({ length: 30 }, (_, index) => createEvent(`Pesan ${index}`));
		for (let from = 0; from < events.length; from += 3) {
			await Promise.all(events.slice(from, from + 3).map(async (each) => await deliver(each)));
		}

		await fixture.n8n.kill();
		await fixture.n8n.restart();
		await waitUntilPublished(fixture.session, workflow.id);

		expect(listWebhooks()).toEqual(registered);
		for (const each of events) expect(await deliver(each)).toMatchObject({ status: 200 });
		await deliver(createEvent('Pesan baru'));
		await waitForExecutionCount(events.length + 1);
	});
});

describe('In a test run of the editor, the trigger', () => {
	beforeEach(async () => await activateWorkflow(fixture.session, workflow.id));
	afterEach(unpublish);

	it('has its own webhook in addition to the production webhook, and deletes it afterwards', async () => {
		const before = listProductionWebhooks();

		expect(await runWorkflow(fixture.session, workflow.id, TRIGGER)).toEqual({
			waitingForWebhook: true,
		});
		const [test] = listWebhooks().filter(isTestWebhook);
		expect(listProductionWebhooks()).toEqual(before);

		expect(await deliver(createEvent('Halo'), { ...test!, secret: 'whsec_forged' })).toMatchObject({
			status: 401,
		});
		expect(listWebhooks().filter(isTestWebhook)).toEqual([test]);
		expect(await deliver(createEvent('Percobaan'), test)).toMatchObject({ status: 200 });

		expect(await waitForReceivedText()).toBe('Percobaan');
		await until('the test webhook to be deleted', 20_000, () =>
			listWebhooks().some(isTestWebhook) ? undefined : true,
		);
		expect(listProductionWebhooks()).toEqual(before);
	});
});

describe('If an execution stores static data after its workflow was unpublished, the trigger', () => {
	it('has a webhook after the workflow is published again', async () => {
		const jsCode = `$getWorkflowStaticData('global').last = Date.now(); return $input.all();`;
		const note = node('Note the time', 'n8n-nodes-base.code', 2, { jsCode });
		await publish(chain('Late', ...workflow.nodes, note));

		await deliver(createEvent('Halo'));
		await unpublish();
		const [execution] = await listTriggerExecutions();
		await waitForExecution(fixture.session, execution!.id);
		await activateWorkflow(fixture.session, workflow.id);

		expect(listWebhooks()).toHaveLength(1);
		expect(await deliver(createEvent('Halo lagi'))).toMatchObject({ status: 200 });

		await unpublish();
		expect(listWebhooks()).toEqual([]);
	});
});

describe('In a workflow with another trigger that cannot be published, the trigger', () => {
	beforeEach(async () => {
		const revoked = credentialFor({ ...fixture.sandbox, apiKey: 'sk_live_revoked' });
		const { id } = await createCredential(fixture.session, revoked);
		const nodes = [sahutTrigger(TRIGGER, credential), sahutTrigger('Revoked', id)];
		await updateWorkflow(fixture.session, workflow.id, { nodes, connections: {} });
	});

	itInVersion2(
		'starts executions, and leaves no webhook when the workflow is unpublished',
		async () => {
			await expect(activateWorkflow(fixture.session, workflow.id)).rejects.toThrow('partial');
			expect(listWebhooks()).toHaveLength(1);
			expect(await deliver(createEvent('Halo'))).toMatchObject({ status: 200 });

			await unpublish();
			expect(listWebhooks()).toEqual([]);
		},
	);

	it('leaves no webhook if n8n then publishes neither trigger, as n8n 1.x does', async () => {
		if (!IS_VERSION_1) await restartLikeVersion1();

		// n8n 1.x shows only the description of the node's error.
		const message = IS_VERSION_1 ? 'paste the key again' : 'Sahut does not accept the API key';
		await expect(activateWorkflow(fixture.session, workflow.id)).rejects.toThrow(message);

		const requests = fixture.sandbox.journal.entries.map(({ method }) => method);
		expect(requests).toEqual(['POST', 'POST', 'DELETE']);
		expect(listWebhooks()).toEqual([]);
	});

	/** Restarts n8n with the setting that makes it publish as n8n 1.x does. */
	async function restartLikeVersion1(): Promise<void> {
		await fixture.n8n.stop();
		const env = { N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'false' };
		fixture.n8n = await startN8n({ ...fixture.n8nOptions, env, port: 0 });
		fixture.session = await signIn(fixture.n8n);
	}
});
