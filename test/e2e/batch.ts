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
import { addConversation, sentTo, type N8nFixture } from './n8nFixture';

const TIMEOUT_MS = 30_000;

/** The name of the node that sends a batch. */
export const SEND = 'Send';

/** Adds conversations in which the customer has just written, so that they accept a text. */
export const addConversations = (fixture: N8nFixture, count: number) =>
	Array.from({ length: count }, () => addConversation(fixture));

/** Returns the number of messages to each of the conversations. */
export const countSent = (fixture: N8nFixture, conversations: string[]) =>
	sentTo(fixture, conversations).map((texts) => texts.length);

/** Returns the method and path of messages to a conversation, to match them with a fault. */
export const postsTo = (conversation: string) => ({
	method: 'POST',
	path: `/conversations/${conversation}/messages`,
});

/** Returns the number of requests that post a message to a conversation, with any status. */
export function countPosts({ sandbox }: N8nFixture, conversation: string): number {
	const { method, path } = postsTo(conversation);
	const posts = sandbox.journal.entries.filter((entry) => entry.path === path);
	return posts.filter((entry) => entry.method === method).length;
}

/** Waits until the message to the third conversation was posted, which a fault answers with 429. */
export async function untilThirdWaits(fixture: N8nFixture, [, , third]: string[]): Promise<void> {
	await until('the third message', TIMEOUT_MS, () => countPosts(fixture, third!) || undefined);
}

/** Builds a node that sends a text to the conversation of each item. */
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
 * @returns a function that starts it, and returns the ID of the execution
 */
export async function publishBatch(
	{ session }: N8nFixture,
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

/** Publishes a workflow as `publishBatch` does, and starts it. @returns the ID of the execution */
export async function startBatch(
	fixture: N8nFixture,
	conversations: string[],
	nodes: INode[],
	settings: WorkflowContent['settings'] = {},
): Promise<string> {
	return await (
		await publishBatch(fixture, nodes, settings)
	)(conversations);
}
