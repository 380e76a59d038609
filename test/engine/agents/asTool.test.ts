import type { IDataObject, IExecuteFunctions, INode } from 'n8n-workflow';

import { read } from '../../package/documents';
import { createFakeNode } from '../../support/builtInNodes';
import { openTool, runWorkflow, sahutWorkflow, toItems } from '../../support/engine';
import { byId } from '../../support/locator';
import {
	conversationsOf,
	openWorkspace,
	sendText,
	type NodeSettings,
	type Workspace,
} from '../../support/workspace';

const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

const openSahutTool = async (
	{ credentials }: Workspace,
	parameters: INode['parameters'],
	settings: NodeSettings = {},
) => await openTool({ ...sahutWorkflow(parameters, settings), credentials });

/** Returns parameters that send "Halo" to a conversation. */
const sendHalo = (conversation: string) => ({
	...sendText,
	conversationId: byId(conversation),
	content: 'Halo',
});

describe('As a tool of an AI agent, the node', () => {
	it('does not send a message again with Retry On Fail if its response was lost', async () => {
		const workspace = await openWorkspace();
		const [conversation] = workspace.addConversations(1);
		const { faults, store } = workspace.sandbox;
		faults.add({ kind: 'statusAfterStore', status: 502, method: 'POST' });
		// The search of the first try fails, so that only the second try can find the message.
		faults.add({ kind: 'status', status: 403, method: 'GET' });
		const call = await openSahutTool(workspace, sendHalo(conversation!), RETRY_ON_FAIL);

		const answer = await call();

		expect(workspace.sent(conversation!)).toEqual(['Halo']);
		expect(answer).toContain(store.messages(conversation!).at(-1)!.id);
	});

	it('creates a conversation once with Retry On Fail if its first message is rejected', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		const parameters = {
			resource: 'conversation',
			operation: 'create',
			contactId: byId(store.addContact().id),
			channelId: byId(store.channelOfType('whatsapp').id),
			additionalFields: { firstMessage: 'Halo' },
		};
		const call = await openSahutTool(workspace, parameters, RETRY_ON_FAIL);

		await expect(call()).rejects.toThrow('Sahut refused to send the message');

		expect(conversationsOf(workspace)).toHaveLength(1);
	});

	it('sends two messages for two concurrent calls with the same text', async () => {
		const workspace = await openWorkspace();
		const [conversation] = workspace.addConversations(1);
		const call = await openSahutTool(workspace, sendHalo(conversation!));

		const answers = await Promise.all([call(), call()]);

		expect(workspace.sent(conversation!)).toEqual(['Halo', 'Halo']);
		const [[first], [second]] = answers.map((answer) => JSON.parse(answer));
		expect([first, second]).toMatchObject([{ content: 'Halo' }, { content: 'Halo' }]);
		expect(first.id).not.toBe(second.id);
	});

	it('returns the error and the advice to the model on Continue', async () => {
		const workspace = await openWorkspace();
		const settings: NodeSettings = { onError: 'continueRegularOutput' };
		const call = await openSahutTool(workspace, sendHalo('conv_X'), settings);

		const [{ error }] = JSON.parse(await call());

		expect(error.message).toContain('Conversation "conv_X" was not found in Sahut');
		expect(error.advice).toContain('Choose "From List"');
	});
});

describe('As a tool of an AI agent with several items, the node', () => {
	/** Fakes an agent that calls the tool once for each item, as version 3 of n8n's AI Agent node does. */
	const fakeAgent = (input: IDataObject) =>
		createFakeNode('agent', [], async function (this: IExecuteFunctions, response) {
			const items = this.getInputData();
			if (response?.actionResponses.length) {
				return [items.map(({ json }, item) => ({ json, pairedItem: { item } }))];
			}
			const actions = items.map((_, itemIndex) => ({
				actionType: 'ExecutionNodeAction' as const,
				nodeName: 'Sahut',
				input,
				type: 'ai_tool' as const,
				id: `call_${itemIndex}`,
				metadata: { itemIndex },
			}));
			return { actions, metadata: {} };
		});

	/** Runs an agent with one item for each conversation; the tool sends into `conversationId`. */
	async function runAgent(
		{ credentials }: Workspace,
		conversationId: string,
		conversations: string[],
		input: IDataObject,
	): Promise<void> {
		const parameters = {
			...sendText,
			conversationId: byId(`=${conversationId}`),
			content: "={{ $fromAI('text') }}",
		};
		const [first, tool] = sahutWorkflow(parameters).nodes as [INode, INode];
		const trigger = { ...first, name: 'Sahut Trigger' };
		const agent = { ...first, id: 'agent', name: 'AI Agent', type: 'agent' };
		const { status } = await runWorkflow({
			nodes: [trigger, agent, tool],
			connections: {
				[trigger.name]: { main: [[{ node: agent.name, type: 'main', index: 0 }]] },
				[tool.name]: { ai_tool: [[{ node: agent.name, type: 'ai_tool', index: 0 }]] },
			},
			items: toItems(conversations.map((conversation_id) => ({ conversation_id }))),
			nodeTypes: { agent: fakeAgent(input) },
			credentials,
		});
		expect(status).toBe('success');
	}

	it('uses the conversation of the trigger with the documented expression, even if the model chooses another', async () => {
		const workspace = await openWorkspace();
		const [conversation, other] = workspace.addConversations(2) as [string, string];
		const expression = /`(\{\{ \$\('Sahut Trigger'\)[^`]+)`/.exec(read('docs/ai-agents.md'))![1]!;

		const input = { text: 'Halo', conversation_id: other };
		await runAgent(workspace, expression, [conversation], input);

		expect([conversation, other].map(workspace.sent)).toEqual([['Halo'], []]);
	});

	it('resolves $json to the item of the call', async () => {
		const workspace = await openWorkspace();
		const conversations = workspace.addConversations(2);

		await runAgent(workspace, '{{ $json.conversation_id }}', conversations, { text: 'Halo' });

		expect(conversations.map(workspace.sent)).toEqual([['Halo'], ['Halo']]);
	});
});
