import type { INode } from 'n8n-workflow';

import type { Conversation, SandboxOptions } from '../../sandbox';
import { toTimestamp } from '../../sandbox/clock';
import { prepareExample, type N8nRecords } from '../../scripts/prepareExamples';
import {
	activateWorkflow,
	createWorkflow,
	deactivateWorkflow,
	listExecutions,
	startWorkflow,
	until,
	waitForExecution,
	type Execution,
	type StoredCredential,
	type StoredWorkflow,
} from '../../scripts/n8n';
import { addCredential, useN8n, type N8nFixture } from './n8nFixture';

const START_TIMEOUT_MS = 30_000;

/** A running n8n in which tests run examples. */
export interface ExampleFixture extends N8nFixture {
	/** The credential for the sandbox of the current test. */
	credential: StoredCredential;
	/** Stores an example as a workflow. @param parameters overrides parameters, keyed by the name of the node */
	addExample(
		name: string,
		records?: N8nRecords,
		parameters?: Record<string, INode['parameters']>,
	): Promise<StoredWorkflow>;
	/** Publishes a workflow until the end of the test. */
	publish(workflow: StoredWorkflow): Promise<void>;
	/** Runs a workflow, and asserts that it succeeds. */
	run(workflow: StoredWorkflow, trigger: string): Promise<Execution>;
	/** Waits until Sahut's events have started exactly this number of executions, and until all have succeeded. */
	waitForExecutions(workflow: StoredWorkflow, count: number): Promise<void>;
}

/** Starts an n8n for the tests of a file, as {@link useN8n} does, with a credential for each test. */
export function useExamples(
	name: string,
	options: { env?: Record<string, string> } & SandboxOptions = {},
): ExampleFixture {
	let published: string[] = [];
	// Before the hook that closes the sandbox, in which n8n deletes the webhook.
	afterEach(async () => {
		for (const id of published) await deactivateWorkflow(fixture.session, id);
		published = [];
	});
	const fixture = useN8n(name, options) as ExampleFixture;

	beforeEach(async () => {
		fixture.credential = await addCredential(fixture);
	});

	fixture.addExample = async (example, records = {}, parameters = {}) => {
		const prepared = prepareExample(example, fixture.sandbox.store, fixture.credential, records);
		const nodes = prepared.nodes.map((node) => ({
			...node,
			parameters: { ...node.parameters, ...parameters[node.name] },
		}));
		return await createWorkflow(fixture.session, { ...prepared, nodes });
	};
	fixture.publish = async ({ id }) => {
		await activateWorkflow(fixture.session, id);
		published.push(id);
	};
	fixture.run = async (workflow, trigger) => {
		const id = await startWorkflow(fixture.session, workflow, trigger);
		const execution = await waitForExecution(fixture.session, id);
		expect(execution.data.resultData.error).toBeUndefined();
		expect(execution.status).toBe('success');
		return execution;
	};
	fixture.waitForExecutions = async ({ id }, count) => {
		const { sandbox, session } = fixture;
		await sandbox.deliveries.settled();
		const executions = await until(`${count} executions`, START_TIMEOUT_MS, async () => {
			const all = await listExecutions(session, { workflowId: id });
			return all.length >= count ? all : undefined;
		});
		for (const execution of executions) {
			expect(await waitForExecution(session, execution.id)).toMatchObject({ status: 'success' });
		}
		// The last execution may have caused another one.
		await sandbox.deliveries.settled();
		expect(await listExecutions(session, { workflowId: id })).toHaveLength(count);
	};
	return fixture;
}

/** Adds an answer of an agent. */
export function writeAsAgent(
	{ sandbox: { store } }: ExampleFixture,
	{ id }: Conversation,
	content: string,
): void {
	const [agent] = store.agents.values();
	store.addMessage(id, {
		type: 'outgoing',
		content,
		sender: { type: 'agent', ...agent! },
		attachments: [],
		created_at: toTimestamp(store.now()),
	});
}

/** Returns the texts of the API in a conversation, oldest first, with internal notes in parentheses. */
export function sentByApi(
	{ sandbox: { store } }: ExampleFixture,
	{ id }: Conversation,
): Array<string | undefined> {
	return store
		.messages(id)
		.filter(({ sender }) => sender === store.bot || sender?.id === store.bot.id)
		.map((message) => (message.private ? `(${message.content})` : message.content));
}
