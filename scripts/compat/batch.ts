import { randomUUID } from 'node:crypto';
import type { INode } from 'n8n-workflow';

import type { Sandbox } from '../../sandbox';
import {
	activateWorkflow,
	createWorkflow,
	listExecutions,
	until,
	type Session,
	type WorkflowContent,
} from '../n8n';
import { chain, sendText, splitOut, webhook } from '../n8n/parts';

const TIMEOUT_MS = 20_000;

/** The node of a batch. */
export const SEND = 'Send';
/** The text that it sends to each conversation, unless told otherwise. */
const TEXT = 'Pesanan Kakak sudah dikirim.';

/** Conversations whose customers have just written, so that they take free text. */
export function addConversations({ store }: Sandbox, count: number): string[] {
	return Array.from({ length: count }, () => {
		const { id } = store.addConversation();
		store.addIncoming(id, 'Halo, kapan dikirim?');
		return id;
	});
}

/** How many messages each of the conversations got. */
export function countSent({ store }: Sandbox, conversations: string[]): number[] {
	return conversations.map(
		(id) => store.messages(id).filter(({ type }) => type === 'outgoing').length,
	);
}

/** How often a message was posted to a conversation, whatever came of it. */
export function countPosts({ journal }: Sandbox, conversation: string): number {
	const path = postPath(conversation);
	return journal.entries.filter((entry) => entry.method === 'POST' && entry.path === path).length;
}

export const postPath = (conversation: string) => `/conversations/${conversation}/messages`;

/** A node that sends a text to the conversation of each item. */
export function sendNode(credentialId: string, settings: Partial<INode> = {}, text = TEXT): INode {
	return { ...sendText(SEND, credentialId, '={{ $json.id }}', text), ...settings };
}

/** With options that hold for all items of the node. */
export function withOptions(node: INode, options: INode['parameters']): INode {
	return { ...node, parameters: { ...node.parameters, options } };
}

/**
 * Publishes a workflow that runs the nodes with one item for each conversation, and starts it.
 * @returns the ID of the execution
 */
export async function startBatch(
	session: Session,
	conversations: string[],
	nodes: INode[],
	settings: WorkflowContent['settings'] = {},
): Promise<string> {
	const path = randomUUID();
	const content = chain(path, webhook('Webhook', path), splitOut('Rows', 'body.rows'), ...nodes);
	const { id } = await createWorkflow(session, {
		...content,
		settings: { ...content.settings, ...settings },
	});
	await activateWorkflow(session, id);
	const called = await fetch(`${session.n8n.url}/webhook/${path}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ rows: conversations.map((conversation) => ({ id: conversation })) }),
	});
	if (!called.ok) throw new Error(`n8n answered the call with ${called.status}.`);
	const [execution] = await until('the execution to begin', TIMEOUT_MS, async () => {
		const begun = await listExecutions(session, { workflowId: id });
		return begun.length > 0 ? begun : undefined;
	});
	return execution!.id;
}
