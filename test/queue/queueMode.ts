import { rmSync } from 'node:fs';
import { resolve } from 'node:path';

import { startSandbox, type Conversation, type Sandbox, type SandboxOptions } from '../../sandbox';
import {
	activateWorkflow,
	createCredential,
	createWorkflow,
	listExecutions,
	signIn,
	until,
	type Session,
	type WorkflowContent,
} from '../../scripts/n8n';
import { credentialFor } from '../../scripts/n8n/workflowBuilder';
import { startCluster, type Cluster } from '../../scripts/queue';

const LOGS = resolve(__dirname, '../../test-results/queue');

const START_TIMEOUT_MS = 30_000;

/** Settings of n8n with which it detects a stopped worker within seconds instead of minutes. */
const FAST_STALL_DETECTION = {
	QUEUE_WORKER_LOCK_DURATION: '4000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '1000',
	QUEUE_WORKER_STALLED_INTERVAL: '2000',
};

export interface QueueMode {
	cluster: Cluster;
	session: Session;
	/** The sandbox of the current test. */
	sandbox: Sandbox;
}

/** Starts an n8n with two workers and two webhook processes for a test file. Their logs are in test-results/queue/. */
export function useQueueMode(): QueueMode {
	const queue = {} as QueueMode;
	beforeAll(async () => {
		rmSync(LOGS, { recursive: true, force: true });
		queue.cluster = await startCluster({
			workers: 2,
			concurrency: 10,
			webhookProcesses: 2,
			logFolder: LOGS,
			env: FAST_STALL_DETECTION,
		});
		queue.session = await signIn(queue.cluster.main);
	});
	afterAll(async () => await queue.cluster?.stop());
	afterEach(async () => await queue.sandbox?.close());
	return queue;
}

let openedSandboxes = 0;

/** Opens a sandbox until the end of the test. */
export async function openSandbox(
	queue: QueueMode,
	options: SandboxOptions = {},
): Promise<Sandbox> {
	// Each sandbox needs different IDs, since the trigger remembers events by the ID of the webhook.
	queue.sandbox = await startSandbox({ data: 'empty', seed: ++openedSandboxes, ...options });
	return queue.sandbox;
}

/** Creates and publishes a workflow that uses the sandbox. @returns its ID */
export async function publishWorkflow(
	{ session, sandbox }: QueueMode,
	content: (credentialId: string) => WorkflowContent,
): Promise<string> {
	const credential = await createCredential(session, credentialFor(sandbox));
	const { id } = await createWorkflow(session, content(credential.id));
	await activateWorkflow(session, id);
	return id;
}

/** Adds conversations in which the customer has just written. */
export function addConversations({ sandbox }: QueueMode, count: number): Conversation[] {
	return Array.from({ length: count }, () => {
		const conversation = sandbox.store.addConversation();
		sandbox.store.addIncoming(conversation.id, 'Halo, apakah barangnya masih ada?');
		return conversation;
	});
}

/** Returns how often each text was sent, according to the sandbox. */
export function countSentByText({ sandbox: { store } }: QueueMode): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const id of store.conversations.keys()) {
		for (const { type, content } of store.messages(id)) {
			if (type === 'outgoing') counts[content] = (counts[content] ?? 0) + 1;
		}
	}
	return counts;
}

/** Calls the webhook of a workflow through a webhook process. @param process index of the webhook process */
export async function callWebhook(
	{ cluster }: QueueMode,
	path: string,
	body: object,
	process: number,
): Promise<void> {
	const response = await fetch(`${cluster.webhookProcesses[process]!.url}/webhook/${path}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body),
	});
	if (!response.ok)
		throw new Error(`n8n responded with ${response.status}: ${await response.text()}`);
}

/**
 * Calls the webhook of a workflow, and waits for the execution. Nothing else may start an execution of the
 * workflow in the meantime, since n8n's response does not identify the execution.
 *
 * @returns the ID of the execution
 */
export async function callWebhookAndFindExecution(
	queue: QueueMode,
	workflowId: string,
	path: string,
	body: object,
	process: number,
): Promise<string> {
	const ids = async () => (await listExecutions(queue.session, { workflowId })).map(({ id }) => id);
	const before = await ids();
	await callWebhook(queue, path, body, process);
	return await until('the execution', START_TIMEOUT_MS, async () =>
		(await ids()).find((id) => !before.includes(id)),
	);
}
