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

/** n8n's own settings, so that it notices in seconds, not in minutes, that a worker is gone. */
const NOTICES_SOON = {
	QUEUE_WORKER_LOCK_DURATION: '4000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '1000',
	QUEUE_WORKER_STALLED_INTERVAL: '2000',
};

export interface QueueMode {
	cluster: Cluster;
	session: Session;
	/** Of the test that has opened it. */
	sandbox: Sandbox;
}

/** Two workers and two webhook processes. What they print is in test-results/queue/. */
export function useQueueMode(): QueueMode {
	const queue = {} as QueueMode;
	beforeAll(async () => {
		rmSync(LOGS, { recursive: true, force: true });
		queue.cluster = await startCluster({
			workers: 2,
			concurrency: 10,
			webhookProcesses: 2,
			logFolder: LOGS,
			env: NOTICES_SOON,
		});
		queue.session = await signIn(queue.cluster.main);
	});
	afterAll(async () => await queue.cluster?.stop());
	afterEach(async () => await queue.sandbox?.close());
	return queue;
}

let sandboxes = 0;

export async function openSandbox(
	queue: QueueMode,
	options: SandboxOptions = {},
): Promise<Sandbox> {
	// With IDs of its own: the trigger remembers the events of each webhook by the webhook's ID.
	queue.sandbox = await startSandbox({ data: 'empty', seed: ++sandboxes, ...options });
	return queue.sandbox;
}

/** Stores a workflow that uses the sandbox and publishes it. @returns its ID */
export async function publish(
	{ session, sandbox }: QueueMode,
	content: (credentialId: string) => WorkflowContent,
): Promise<string> {
	const credential = await createCredential(session, credentialFor(sandbox));
	const { id } = await createWorkflow(session, content(credential.id));
	await activateWorkflow(session, id);
	return id;
}

/** Conversations in which a customer has just written. */
export function addConversations({ sandbox }: QueueMode, count: number): Conversation[] {
	return Array.from({ length: count }, () => {
		const conversation = sandbox.store.addConversation();
		sandbox.store.addIncoming(conversation.id, 'Halo, apakah barangnya masih ada?');
		return conversation;
	});
}

/** Text → how often it was sent, as the sandbox has stored it. */
export function countSent({ sandbox: { store } }: QueueMode): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const id of store.conversations.keys()) {
		for (const { type, content } of store.messages(id)) {
			if (type === 'outgoing') counts[content] = (counts[content] ?? 0) + 1;
		}
	}
	return counts;
}

/** Calls the webhook of a workflow, through one of the webhook processes. */
export async function post(
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
	if (!response.ok) throw new Error(`n8n answered ${response.status}: ${await response.text()}`);
}

/**
 * The same, for a workflow of which nothing else starts an execution meanwhile: of two that start at
 * once, nothing tells which is which.
 * @returns the ID of the execution
 */
export async function callAlone(
	queue: QueueMode,
	workflowId: string,
	path: string,
	body: object,
	process: number,
): Promise<string> {
	const ids = async () => (await listExecutions(queue.session, { workflowId })).map(({ id }) => id);
	const before = await ids();
	await post(queue, path, body, process);
	return await until('the execution', START_TIMEOUT_MS, async () =>
		(await ids()).find((id) => !before.includes(id)),
	);
}
