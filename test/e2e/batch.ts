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
import { addConversation, textsSentTo, type N8nFixture } from './n8nFixture';

const TIMEOUT_MS = 30_000;

/** The name of the node that sends the messages of a batch. */
export const SEND_NODE = 'Send';

/** Adds conversations in which the customer has just written, so that WhatsApp accepts a text. */
export const addConversations = (fixture: N8nFixture, count: number) =>
	Array.from({ length: count }, () => addConversation(fixture));

/** Counts the messages to each of the conversations. */
export const countSentMessages = (fixture: N8nFixture, conversations: string[]) =>
	textsSentTo(fixture, conversations).map((texts) => texts.length);

/** Returns the parts of a fault that match the messages to a conversation. */
export const matchMessagesTo = (conversation: string) => ({
	method: 'POST',
	path: `/conversations/${conversation}/messages`,
});

/** Counts the requests that post a message to a conversation, whatever the response was. */
export function countMessageRequests({ sandbox }: N8nFixture, conversation: string): number {
	const { method, path } = matchMessagesTo(conversation);
	const posts = sandbox.journal.entries.filter((entry) => entry.path === path);
	return posts.filter((entry) => entry.method === method).length;
}

/** Waits until the node has posted the message to the third conversation. A fault responds with 429. */
export async function waitForThirdMessage(
	fixture: N8nFixture,
	[, , third]: string[],
): Promise<void> {
	await until(
		'the third message',
		TIMEOUT_MS,
		() => countMessageRequests(fixture, third!) || undefined,
	);
}

/** Creates a node that sends a text to the conversation of each item. */
export function createSendNode(
	credentialId: string,
	settings: Partial<INode> = {},
	options: INode['parameters'] = {},
	text = 'Pesanan Kakak sudah dikirim.',
): INode {
	return { ...sendText(SEND_NODE, credentialId, '={{ $json.id }}', text, options), ...settings };
}

/**
 * Publishes a workflow that runs the nodes with one item for each conversation.
 *
 * @returns a function that starts the workflow, and returns the ID of the execution
 */
export async function publishBatchWorkflow(
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
	const list = async () => await listExecutions(session, { workflowId });

	return async (conversations) => {
		const countBefore = (await list()).length;
		const response = await fetch(`${session.n8n.url}/webhook/${path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ rows: conversations.map((id) => ({ id })) }),
		});
		if (!response.ok) throw new Error(`n8n responded to the call with ${response.status}.`);
		return await until('the execution to start', TIMEOUT_MS, async () => {
			const [newest, ...older] = await list();
			return older.length === countBefore ? newest?.id : undefined;
		});
	};
}

/** Publishes a workflow like {@link publishBatchWorkflow}, and starts it. @returns the ID of the execution */
export async function startBatch(
	fixture: N8nFixture,
	conversations: string[],
	nodes: INode[],
	settings: WorkflowContent['settings'] = {},
): Promise<string> {
	const start = await publishBatchWorkflow(fixture, nodes, settings);
	return await start(conversations);
}
