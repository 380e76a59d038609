import { randomUUID } from 'node:crypto';
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
import { addCredential, useN8n, VERSION } from './n8nFixture';

const TRIGGER = 'Sahut Trigger';
const SLOW_STEP_SECONDS = 4;
/** Within this time, n8n lists an execution that it has started. */
const QUIET_MS = 1_500;

const fixture = useN8n('trigger');
let credential: string;
let workflow: StoredWorkflow;

const webhooks = () => [...fixture.sandbox.store.webhooks.values()];
const isTest = ({ url }: { url: string }) => url.includes('/webhook-test/');
const production = () => webhooks().filter((webhook) => !isTest(webhook));

const event = (text: string) => ({
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

/** Delivers an event to the production webhook by default. */
const deliver = async (body: object, { url, secret } = production()[0]!) =>
	await deliverSigned(url, secret, JSON.stringify(body));

const executions = async () => await listExecutions(fixture.session, { workflowId: workflow.id });

/** Waits until exactly `count` executions have started. */
async function waitForStarts(count: number): Promise<ExecutionSummary[]> {
	await until(`${count} executions`, 30_000, async () =>
		(await executions()).length >= count ? true : undefined,
	);
	await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
	const all = await executions();
	expect(all).toHaveLength(count);
	return all;
}

/** Waits until exactly one execution has started. @returns the text of its message */
async function waitForStartText(): Promise<unknown> {
	const [{ id }] = (await waitForStarts(1)) as [ExecutionSummary];
	return await until(`execution ${id} to have data`, 30_000, async () => {
		const [item] = outputItems(await getExecution(fixture.session, id), TRIGGER);
		return item?.json.text;
	});
}

/** Changes and publishes the workflow. */
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

	it('has one webhook in Sahut, and none when it is unpublished', async () => {
		const [webhook, ...others] = webhooks();
		expect(others).toEqual([]);
		expect(webhook).toMatchObject({
			url: expect.stringMatching(`^http://localhost:${fixture.n8n.port}/webhook/`),
			events: ['message.created'],
		});

		await unpublish();
		expect(webhooks()).toEqual([]);
		expect(await deliver(event('Halo'), webhook)).toMatchObject({ status: 404 });
	});

	it('is registered again if it is published with other events or another name', async () => {
		const [first] = webhooks();
		const [trigger, ...nodes] = workflow.nodes as [INode, ...INode[]];
		const events = ['message.created', 'contact.created'];
		const changed = { ...trigger, parameters: { events } };
		await publish({ nodes: [changed, ...nodes] });
		expect(webhooks()).toMatchObject([{ events: [...events].sort() }]);
		expect(webhooks()).not.toContainEqual(expect.objectContaining({ id: first!.id }));

		await publish({
			nodes: [{ ...changed, name: 'Pesan masuk' }, ...nodes],
			connections: { 'Pesan masuk': workflow.connections[TRIGGER]! },
		});
		expect(webhooks()).toHaveLength(1);
		expect(await deliver(event('Halo'))).toMatchObject({ status: 200 });
	});

	it('responds before the workflow has ended', async () => {
		expect(await deliver(event('Halo'))).toMatchObject({ status: 200 });

		const statuses = (await executions()).map(({ status }) => status);
		expect(statuses).not.toContain('success');
		expect(await waitForStartText()).toBe('Halo');
	});

	it('rejects a forged delivery with an empty 401, accepts a filtered one, and starts no execution', async () => {
		const forged = { ...production()[0]!, secret: 'whsec_forged' };
		expect(await deliver(event('Palsu'), forged)).toEqual({ status: 401, body: '' });
		const { data, ...envelope } = event('Jawaban');
		const answer = { ...data.message, type: 'outgoing' };
		const body = { ...envelope, data: { ...data, message: answer } };
		expect(await deliver(body)).toMatchObject({ status: 200 });
		await waitForStarts(0);
	});

	it('starts a failed execution if Sahut rejects the read for a filter, and starts one once the read succeeds', async () => {
		const { id, channel } = fixture.sandbox.store.addConversation();
		const [trigger, ...nodes] = workflow.nodes as [INode, ...INode[]];
		const parameters = { options: { channelIds: [channel.id] } };
		await publish({ nodes: [{ ...trigger, parameters }, ...nodes] });
		fixture.sandbox.faults.add({ method: 'GET', kind: 'status', status: 403 });
		const { data, ...envelope } = event('Halo');
		const body = { ...envelope, data: { ...data, conversation: { id } } };

		expect(await deliver(body)).toMatchObject({ status: 500 });
		const [failed] = (await waitForStarts(1)) as [ExecutionSummary];
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
		await waitForStarts(2);
	});

	it('starts one execution for repeated deliveries of an event, even concurrent ones', async () => {
		const repeated = event('Satu kali');

		await Promise.all(Array.from({ length: 10 }, async () => await deliver(repeated)));
		await deliver(repeated);
		expect(await waitForStartText()).toBe('Satu kali');
	});

	it('keeps its webhook after n8n was killed, and starts one execution for each event', async () => {
		const registered = webhooks();
		const events = Array.from({ length: 30 }, (_, index) => event(`${index}`.padStart(2, '0')));
		for (let from = 0; from < events.length; from += 3) {
			await Promise.all(events.slice(from, from + 3).map(async (each) => await deliver(each)));
		}

		await fixture.n8n.kill();
		await fixture.n8n.restart();
		await waitUntilPublished(fixture.session, workflow.id);
		expect(webhooks()).toEqual(registered);
		for (const each of events) expect(await deliver(each)).toMatchObject({ status: 200 });
		await deliver(event('baru'));

		await waitForStarts(events.length + 1);
	});
});

describe('In a test run of the editor, the trigger', () => {
	beforeEach(async () => await activateWorkflow(fixture.session, workflow.id));
	afterEach(unpublish);

	it('has its own webhook, which is deleted afterwards, in addition to the production webhook', async () => {
		const before = production();
		expect(await runWorkflow(fixture.session, workflow.id, TRIGGER)).toEqual({
			waitingForWebhook: true,
		});
		const [test] = webhooks().filter(isTest);
		expect(production()).toEqual(before);

		expect(await deliver(event('Halo'), { ...test!, secret: 'whsec_forged' })).toMatchObject({
			status: 401,
		});
		expect(webhooks().filter(isTest)).toEqual([test]);
		expect(await deliver(event('Percobaan'), test)).toMatchObject({ status: 200 });

		expect(await waitForStartText()).toBe('Percobaan');
		await until('the test webhook to be deleted', 20_000, () =>
			webhooks().some(isTest) ? undefined : true,
		);
		expect(production()).toEqual(before);
	});
});

describe('If an execution stores static data after its workflow was unpublished, the trigger', () => {
	it('has a webhook after it is published again', async () => {
		const jsCode = `$getWorkflowStaticData('global').last = Date.now(); return $input.all();`;
		const note = node('Note the time', 'n8n-nodes-base.code', 2, { jsCode });
		await publish(chain('Late', ...workflow.nodes, note));
		await deliver(event('Halo'));
		await unpublish();
		const [execution] = await executions();
		await waitForExecution(fixture.session, execution!.id);

		await activateWorkflow(fixture.session, workflow.id);
		expect(webhooks()).toHaveLength(1);
		expect(await deliver(event('Halo lagi'))).toMatchObject({ status: 200 });
		await unpublish();
		expect(webhooks()).toEqual([]);
	});
});

describe('In a workflow with another trigger that cannot be published, the trigger', () => {
	beforeEach(async () => {
		const revoked = credentialFor({ ...fixture.sandbox, apiKey: 'sk_live_revoked' });
		const { id } = await createCredential(fixture.session, revoked);
		const nodes = [sahutTrigger(TRIGGER, credential), sahutTrigger('Revoked', id)];
		await updateWorkflow(fixture.session, workflow.id, { nodes, connections: {} });
	});

	const itInVersion2 = majorOf(VERSION) === 1 ? it.skip : it;

	itInVersion2('works, and leaves no webhook if the workflow is unpublished', async () => {
		await expect(activateWorkflow(fixture.session, workflow.id)).rejects.toThrow('partial');
		expect(webhooks()).toHaveLength(1);
		expect(await deliver(event('Halo'))).toMatchObject({ status: 200 });

		await unpublish();
		expect(webhooks()).toEqual([]);
	});

	it('leaves no webhook in an n8n that then publishes neither of them, as 1.x does', async () => {
		const isOld = majorOf(VERSION) === 1;
		if (!isOld) await restartLikeVersion1();

		// n8n 1.x shows only the description of the node's error.
		const shown = isOld ? 'paste the key again' : 'Sahut does not accept the API key';
		await expect(activateWorkflow(fixture.session, workflow.id)).rejects.toThrow(shown);

		const requests = fixture.sandbox.journal.entries.map(({ method }) => method);
		expect(requests).toEqual(['POST', 'POST', 'DELETE']);
		expect(webhooks()).toEqual([]);
	});

	async function restartLikeVersion1(): Promise<void> {
		await fixture.n8n.stop();
		const env = { N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'false' };
		fixture.n8n = await startN8n({ ...fixture.home, env, port: 0 });
		fixture.session = await signIn(fixture.n8n);
	}
});
