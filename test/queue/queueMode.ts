import { rmSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Conversation, Sandbox } from '../../sandbox';
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
import { startCluster, type Cluster } from '../../scripts/queue';
import { credentialFor } from '../../scripts/n8n/parts';

const LOGS = resolve(__dirname, '../../test-results/queue');

const START_TIMEOUT_MS = 30_000;

/** n8n's own settings, so that it notices in seconds, not in minutes, that a worker is gone. */
const NOTICES_SOON = {
	QUEUE_WORKER_LOCK_DURATION: '4000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '1000',
	QUEUE_WORKER_STALLED_INTERVAL: '2000',
};

export interface QueueMode {
	readonly cluster: Cluster;
	session: Session;
}

/** Two workers and two webhook processes. What they print is in test-results/queue/. */
export async function startQueueMode(): Promise<QueueMode> {
	rmSync(LOGS, { recursive: true, force: true });
	const cluster = await startCluster({
		workers: 2,
		concurrency: 10,
		webhookProcesses: 2,
		logFolder: LOGS,
		env: NOTICES_SOON,
	});
	return { cluster, session: await signIn(cluster.main) };
}

/** Stores a workflow that uses this sandbox and publishes it. @returns its ID */
export async function publish(
	{ session }: QueueMode,
	sandbox: Sandbox,
	content: (credentialId: string) => WorkflowContent,
): Promise<string> {
	const credential = await createCredential(session, credentialFor(sandbox));
	const { id } = await createWorkflow(session, content(credential.id));
	await activateWorkflow(session, id);
	return id;
}

/** Conversations in which a customer has just written. */
export function addConversations({ store }: Sandbox, count: number): Conversation[] {
	return Array.from({ length: count }, () => {
		const conversation = store.addConversation();
		store.addIncoming(conversation.id, 'Halo, apakah barangnya masih ada?');
		return conversation;
	});
}

/** Text → how often it was sent, as the sandbox has stored it. */
export function countSent({ store }: Sandbox): Record<string, number> {
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
	n8n: QueueMode,
	workflowId: string,
	path: string,
	body: object,
	process: number,
): Promise<string> {
	const ids = async () => (await listExecutions(n8n.session, { workflowId })).map(({ id }) => id);
	const before = await ids();
	await post(n8n, path, body, process);
	return await until('the execution', START_TIMEOUT_MS, async () =>
		(await ids()).find((id) => !before.includes(id)),
	);
}
