import type { IDataObject, INode } from 'n8n-workflow';
import { setTimeout as wait } from 'node:timers/promises';

import type { SandboxOptions } from '../../sandbox';
import type { Contact, Conversation } from '../../sandbox/records';
import { openSandbox, type OpenSandbox } from './openSandbox';
import {
	runWorkflow,
	sahutWorkflow,
	toItems,
	type Credentials,
	type FinishedRun,
	type WorkflowToRun,
} from './engine';
import { byId } from './locator';
import './transport';

/** The settings of the Sahut node, such as On Error. */
export type NodeSettings = Parameters<typeof sahutWorkflow>[1];

/** A sandbox without sample data, and the Sahut node connected to it. */
export interface Workspace {
	sandbox: OpenSandbox;
	credentials: Credentials;
	/** Adds WhatsApp conversations with one new message of the customer. Returns their IDs. */
	addConversations(count: number): string[];
	/**
	 * Runs a workflow with the Sahut node, with one item for each row.
	 *
	 * @param overrides replaces parts of the workflow
	 */
	run(
		parameters: INode['parameters'],
		rows?: IDataObject[],
		settings?: NodeSettings,
		overrides?: Partial<WorkflowToRun>,
	): Promise<FinishedRun>;
	/** Makes Sahut reject the next messages to a conversation with status 422. */
	rejectMessages(conversation: string | undefined, times?: number): void;
	/** Returns the texts of the outgoing messages of a conversation, oldest first. */
	sent(conversationId: string): string[];
	/** Returns the method and path of every request, oldest first. */
	requests(): string[];
}

/** Starts a sandbox without sample data for a test. */
export async function openWorkspace(options: SandboxOptions = {}): Promise<Workspace> {
	const sandbox = await openSandbox({ data: 'empty', ...options });
	const credentials = { sahutApi: { apiKey: sandbox.apiKey, baseUrl: sandbox.url } };
	return {
		sandbox,
		credentials,
		addConversations: (count) =>
			Array.from({ length: count }, () => {
				const { id } = sandbox.store.addConversation();
				sandbox.store.addIncoming(id, 'Halo, apakah pesanan saya sudah dikirim?');
				return id;
			}),
		run: async (parameters, rows = [{}], settings = {}, overrides = {}) =>
			await runWorkflow({
				...sahutWorkflow(parameters, settings),
				items: toItems(rows),
				credentials,
				...overrides,
			}),
		rejectMessages: (conversation, times = 1) => {
			const path = `/conversations/${conversation}/messages`;
			sandbox.faults.add({ kind: 'status', status: 422, method: 'POST', path, times });
		},
		sent: (conversationId) =>
			sandbox.store
				.messages(conversationId)
				.filter(({ type }) => type === 'outgoing')
				.map(({ content }) => content),
		requests: () => sandbox.journal.entries.map(({ method, path }) => `${method} ${path}`),
	};
}

/** Opens a workspace with one conversation, in which the customer has just written. */
export async function openConversation(options: SandboxOptions = {}) {
	const workspace = await openWorkspace(options);
	const [conversation] = workspace.addConversations(1) as [string];
	return { ...workspace, workspace, conversation };
}

/** Waits until a condition is true. */
export async function until(condition: () => boolean): Promise<void> {
	while (!condition()) await wait(5);
}

/** Returns all contacts, oldest first. */
export const contactsOf = ({ sandbox }: Workspace): Contact[] => [
	...sandbox.store.contacts.values(),
];

/** Returns all conversations, oldest first. */
export const conversationsOf = ({ sandbox }: Workspace): Conversation[] => [
	...sandbox.store.conversations.values(),
];

/** Returns the texts of the outgoing messages of all conversations. */
export const allSentTexts = (workspace: Workspace): string[] =>
	conversationsOf(workspace).flatMap(({ id }) => workspace.sent(id));

/** The parameters of *Message: Send* for a text. Conversation and text come from the item. */
export const sendText: INode['parameters'] = {
	resource: 'message',
	operation: 'send',
	conversationId: byId('={{ $json.conversation }}'),
	messageType: 'text',
	content: '={{ $json.text }}',
};

/** Returns the parameters of *Message: Send to Phone Number* for a template. Number and name come from the item. */
export function toPhone(
	{ sandbox }: Workspace,
	options: INode['parameters'] = {},
): INode['parameters'] {
	return {
		resource: 'message',
		operation: 'sendToPhone',
		phone: '={{ $json.phone }}',
		channelId: byId(sandbox.store.channelOfType('whatsapp').id),
		messageType: 'template',
		templateId: 'tmpl_follow_up',
		templateVariables: { variable: [{ name: 'customer_name', value: '={{ $json.name }}' }] },
		options: { contactName: '={{ $json.name }}', ...options },
	};
}
