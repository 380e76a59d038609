import { randomUUID } from 'node:crypto';
import type { INode } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox';
import {
	activateWorkflow,
	createCredential,
	createWorkflow,
	deactivateWorkflow,
	deleteExecutions,
	getExecution,
	listExecutions,
	outputItems,
	runWorkflow,
	signIn,
	startN8n,
	until,
	updateWorkflow,
	waitForExecution,
	waitUntilPublished,
	type ExecutionSummary,
	type N8nOptions,
	type RunningN8n,
	type Session,
	type StoredWorkflow,
} from '../../scripts/n8n';
import { deliverSigned } from '../support/signedDelivery';
import { makeN8nHome } from './n8nHome';
import { chain, credentialFor, node, sahutTrigger, wait } from '../../scripts/n8n/parts';

const TRIGGER = 'Sahut Trigger';
const SLOW_STEP_SECONDS = 4;
/** Long enough for n8n to have shown an execution, had there been one. */
const QUIET_MS = 1_500;

let sandbox: Sandbox;
let home: N8nOptions;
let n8n: RunningN8n;
let session: Session;
let workflow: StoredWorkflow;
/** Of its two triggers, the second cannot be published. */
let halfBroken: StoredWorkflow;

const webhooks = () => [...sandbox.store.webhooks.values()];
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

/** Posts an event to the production webhook, or to another one. */
const deliver = async (body: object, { url, secret } = production()[0]!) =>
	await deliverSigned(url, secret, JSON.stringify(body));

const executions = async () => await listExecutions(session, { workflowId: workflow.id });

/** The executions that were started, once there are `count` of them and no more follow. */
async function started(count: number): Promise<ExecutionSummary[]> {
	await until(`${count} executions`, 30_000, async () =>
		(await executions()).length >= count ? true : undefined,
	);
	await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
	const all = await executions();
	expect(all).toHaveLength(count);
	return all;
}

/** The text of the message that started the one execution that there is. */
async function startedWith(): Promise<unknown> {
	const [{ id }] = (await started(1)) as [ExecutionSummary];
	return await until(`execution ${id} to have data`, 30_000, async () => {
		const [item] = outputItems(await getExecution(session, id), TRIGGER);
		return item?.json.text;
	});
}

async function killAndStart(): Promise<void> {
	await n8n.kill();
	await n8n.restart();
	session = await signIn(n8n);
	await waitUntilPublished(session, workflow.id);
}

beforeAll(async () => {
	sandbox = await startSandbox({ data: 'empty' });
	home = await makeN8nHome('trigger');
	n8n = await startN8n({ ...home, port: 0 });
	session = await signIn(n8n);
	const { id } = await createCredential(session, credentialFor(sandbox));
	const revoked = credentialFor({ ...sandbox, apiKey: 'sk_live_revoked' });
	const { id: revokedId } = await createCredential(session, revoked);
	const slow = wait('Slow step', SLOW_STEP_SECONDS);
	workflow = await createWorkflow(session, chain('Trigger', sahutTrigger(TRIGGER, id), slow));
	const nodes = [sahutTrigger(TRIGGER, id), sahutTrigger('Revoked', revokedId)];
	halfBroken = await createWorkflow(session, { name: 'Half broken', nodes, connections: {} });
});

afterAll(async () => {
	await n8n?.stop();
	await sandbox?.close();
});

function publishBeforeEach(): void {
	beforeEach(async () => {
		await activateWorkflow(session, workflow.id);
	});

	afterEach(async () => {
		await deactivateWorkflow(session, workflow.id);
		await deleteExecutions(
			session,
			(await executions()).map(({ id }) => id),
		);
	});
}

describe('the trigger in a published workflow', () => {
	publishBeforeEach();

	it('has one webhook in Sahut, also after a restart, and none when it is unpublished', async () => {
		const [webhook, ...others] = webhooks();
		expect(others).toEqual([]);
		expect(webhook).toMatchObject({
			url: expect.stringMatching(`^http://localhost:${n8n.port}/webhook/`),
			events: ['message.created'],
		});

		await killAndStart();
		expect(webhooks()).toEqual([webhook]);

		await deactivateWorkflow(session, workflow.id);
		expect(webhooks()).toEqual([]);
		expect(await deliver(event('Halo'), webhook)).toMatchObject({ status: 404 });
	});

	it('is registered anew when its events or its name change and it is published again', async () => {
		const [first] = webhooks();
		const [trigger, ...nodes] = workflow.nodes as [INode, ...INode[]];
		const events = ['message.created', 'contact.created'];
		const changed = { ...trigger, parameters: { events } };
		await updateWorkflow(session, workflow.id, { nodes: [changed, ...nodes] });
		await activateWorkflow(session, workflow.id);
		expect(webhooks()).toMatchObject([{ events: [...events].sort() }]);
		expect(webhooks()).not.toContainEqual(expect.objectContaining({ id: first!.id }));

		await updateWorkflow(session, workflow.id, {
			nodes: [{ ...changed, name: 'Pesan masuk' }, ...nodes],
			connections: { 'Pesan masuk': workflow.connections[TRIGGER]! },
		});
		await activateWorkflow(session, workflow.id);
		expect(webhooks()).toHaveLength(1);
		expect(await deliver(event('Halo'))).toMatchObject({ status: 200 });

		const { nodes: before, connections } = workflow;
		await updateWorkflow(session, workflow.id, { nodes: before, connections });
	});

	it('is answered at once, long before the workflow has ended', async () => {
		const start = Date.now();
		expect(await deliver(event('Halo'))).toMatchObject({ status: 200 });
		expect(Date.now() - start).toBeLessThan((SLOW_STEP_SECONDS * 1_000) / 2);
		expect(await startedWith()).toBe('Halo');
	});

	it('refuses a forged delivery without a word, and starts nothing', async () => {
		const forged = { ...production()[0]!, secret: 'whsec_forged' };
		expect(await deliver(event('Palsu'), forged)).toEqual({ status: 401, body: '' });
		await started(0);
	});

	it('starts nothing for what is filtered', async () => {
		const { data, ...envelope } = event('Jawaban');
		const answer = { ...data.message, type: 'outgoing' };
		const body = { ...envelope, data: { ...data, message: answer } };
		expect(await deliver(body)).toMatchObject({ status: 200 });
		await started(0);
	});

	it('shows as a failed execution what Sahut refuses to say, and starts once it says it', async () => {
		const { id, channel } = sandbox.store.addConversation();
		const [trigger, ...nodes] = workflow.nodes as [INode, ...INode[]];
		const parameters = { options: { channelIds: [channel.id] } };
		await updateWorkflow(session, workflow.id, { nodes: [{ ...trigger, parameters }, ...nodes] });
		await activateWorkflow(session, workflow.id);
		sandbox.faults.add({ method: 'GET', kind: 'status', status: 403 });
		const { data, ...envelope } = event('Halo');
		const body = { ...envelope, data: { ...data, conversation: { id } } };

		expect(await deliver(body)).toMatchObject({ status: 500 });
		const [failed] = (await started(1)) as [ExecutionSummary];
		expect(await waitForExecution(session, failed.id)).toMatchObject({
			status: 'error',
			data: {
				resultData: {
					error: {
						message: expect.stringContaining(
							'An event could not be filtered: The API key may not do this with conversation',
						),
						description: expect.stringContaining('Ask an administrator'),
					},
				},
			},
		});

		expect(await deliver(body)).toMatchObject({ status: 200 });
		await started(2);
		await updateWorkflow(session, workflow.id, { nodes: workflow.nodes });
	});

	it('starts once for an event that comes again, also at the same instant', async () => {
		const again = event('Satu kali');
		await Promise.all(Array.from({ length: 10 }, async () => await deliver(again)));
		await deliver(again);
		expect(await startedWith()).toBe('Satu kali');
	});

	it('starts once for each event of which the last was answered just before n8n lost its power', async () => {
		const events = Array.from({ length: 30 }, (_, index) => event(`${index}`.padStart(2, '0')));
		for (let from = 0; from < events.length; from += 3) {
			await Promise.all(events.slice(from, from + 3).map(async (each) => await deliver(each)));
		}

		await killAndStart();
		for (const each of events) expect(await deliver(each)).toMatchObject({ status: 200 });
		await deliver(event('baru'));

		await started(events.length + 1);
	});
});

describe('the trigger in a test run of the editor', () => {
	publishBeforeEach();

	it('has a webhook of its own, which is deleted afterwards, beside that of production', async () => {
		const before = production();
		expect(await runWorkflow(session, workflow.id, TRIGGER)).toEqual({ waitingForWebhook: true });
		const [test] = webhooks().filter(isTest);
		expect(production()).toEqual(before);

		expect(await deliver(event('Halo'), { ...test!, secret: 'whsec_forged' })).toMatchObject({
			status: 401,
		});
		expect(webhooks().filter(isTest)).toEqual([test]);
		expect(await deliver(event('Percobaan'), test)).toMatchObject({ status: 200 });

		expect(await startedWith()).toBe('Percobaan');
		await until('the test webhook to be deleted', 20_000, () =>
			webhooks().some(isTest) ? undefined : true,
		);
		expect(production()).toEqual(before);
	});
});

describe('when an execution stores static data after its workflow was unpublished', () => {
	it('the trigger has a webhook nevertheless once it is published again', async () => {
		const jsCode = `$getWorkflowStaticData('global').last = Date.now(); return $input.all();`;
		const note = node('Note the time', 'n8n-nodes-base.code', 2, { jsCode });
		const { nodes } = workflow;
		const { id } = await createWorkflow(session, chain('Late', ...nodes, note));
		await activateWorkflow(session, id);
		await deliver(event('Halo'));
		await deactivateWorkflow(session, id);
		const [execution] = await listExecutions(session, { workflowId: id });
		await waitForExecution(session, execution!.id);

		await activateWorkflow(session, id);
		expect(webhooks()).toHaveLength(1);
		expect(await deliver(event('Halo lagi'))).toMatchObject({ status: 200 });
		await deactivateWorkflow(session, id);
		expect(webhooks()).toEqual([]);
	});
});

describe('beside another trigger that cannot be published, the trigger', () => {
	it('works on, and leaves no webhook when the workflow is unpublished', async () => {
		await expect(activateWorkflow(session, halfBroken.id)).rejects.toThrow('partial');
		expect(webhooks()).toHaveLength(1);
		expect(await deliver(event('Halo'))).toMatchObject({ status: 200 });

		await deactivateWorkflow(session, halfBroken.id);
		expect(webhooks()).toEqual([]);
	});

	it('leaves no webhook either in an n8n that then publishes none of them, as 1.x does', async () => {
		await n8n.stop();
		const env = { N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'false' };
		n8n = await startN8n({ ...home, env, port: 0 });
		session = await signIn(n8n);
		const before = sandbox.journal.entries.length;

		const { id, versionId } = halfBroken;
		await expect(
			session.request('POST', `/workflows/${id}/activate`, { versionId }),
		).rejects.toThrow('Sahut does not accept the API key');

		const requests = sandbox.journal.entries.slice(before).map(({ method }) => method);
		expect(requests).toEqual(['POST', 'POST', 'DELETE']);
		expect(webhooks()).toEqual([]);
	});
});
