import { randomUUID } from 'node:crypto';
import type { INode } from 'n8n-workflow';

import {
	activateWorkflow,
	createWorkflow,
	listExecutions,
	until,
	type WorkflowContent,
} from '../../scripts/n8n';
import { chain, sendText, splitOut, webhook } from '../../scripts/n8n/workflowBuilder';
import { addConversation, sentTo, type Bench } from './useN8n';

const TIMEOUT_MS = 30_000;

/** The node of a batch. */
export const SEND = 'Send';

/** Conversations whose customers have just written, so that they take free text. */
export const addConversations = (bench: Bench, count: number) =>
	Array.from({ length: count }, () => addConversation(bench));

/** How many messages each of the conversations got. */
export const countSent = (bench: Bench, conversations: string[]) =>
	sentTo(bench, conversations).map((texts) => texts.length);

/** Where messages to a conversation are posted. */
export const postsTo = (conversation: string) => ({
	method: 'POST',
	path: `/conversations/${conversation}/messages`,
});

/** How often a message was posted to a conversation, whatever came of it. */
export function countPosts({ sandbox }: Bench, conversation: string): number {
	const { method, path } = postsTo(conversation);
	const posts = sandbox.journal.entries.filter((entry) => entry.path === path);
	return posts.filter((entry) => entry.method === method).length;
}

/** Waits until two messages are sent and Sahut has told the third of these conversations to wait. */
export async function untilThirdWaits(bench: Bench, [, , third]: string[]): Promise<void> {
	await until('the third to wait', TIMEOUT_MS, () => countPosts(bench, third!) || undefined);
}

/** A node that sends to the conversation of each item. */
export function sendNode(
	credentialId: string,
	settings: Partial<INode> = {},
	options: INode['parameters'] = {},
	text = 'Pesanan Kakak sudah dikirim.',
): INode {
	return { ...sendText(SEND, credentialId, '={{ $json.id }}', text, options), ...settings };
}

/**
 * Publishes a workflow that runs the nodes with one item for each conversation.
 * @returns what starts it, and returns the ID of the execution
 */
export async function publishBatch(
	{ session }: Bench,
	nodes: INode[],
	settings: WorkflowContent['settings'] = {},
): Promise<(conversations: string[]) => Promise<string>> {
	const path = randomUUID();
	const content = chain(path, webhook('Webhook', path), splitOut('Rows', 'body.rows'), ...nodes);
	const { id: workflowId } = await createWorkflow(session, {
		...content,
		settings: { ...content.settings, ...settings },
	});
	await activateWorkflow(session, workflowId);
	const executions = async () => await listExecutions(session, { workflowId });
	return async (conversations) => {
		const { length } = await executions();
		const called = await fetch(`${session.n8n.url}/webhook/${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ rows: conversations.map((id) => ({ id })) }),
		});
		if (!called.ok) throw new Error(`n8n answered the call with ${called.status}.`);
		return await until('the execution to begin', TIMEOUT_MS, async () => {
			const [newest, ...others] = await executions();
			return others.length === length ? newest?.id : undefined;
		});
	};
}

/** The same, and starts it. @returns the ID of the execution */
export async function startBatch(
	bench: Bench,
	conversations: string[],
	nodes: INode[],
	settings: WorkflowContent['settings'] = {},
): Promise<string> {
	return await (
		await publishBatch(bench, nodes, settings)
	)(conversations);
}
