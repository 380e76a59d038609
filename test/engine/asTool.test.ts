import type { INode } from 'n8n-workflow';

import { openTool, sahutWorkflow } from '../support/engine';
import { byId } from '../support/locator';
import {
	conversationsOf,
	openWorkspace,
	sendText,
	type NodeSettings,
	type Workspace,
} from '../support/workspace';

const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

const toolOf = async (
	{ credentials }: Workspace,
	parameters: INode['parameters'],
	settings: NodeSettings = {},
) => await openTool({ ...sahutWorkflow(parameters, settings), credentials });

const hello = (conversation: string) => ({
	...sendText,
	conversationId: byId(conversation),
	content: 'Halo',
});

describe('as a tool of an AI agent', () => {
	it('a message whose fate is not known is not sent again on Retry On Fail', async () => {
		const workspace = await openWorkspace();
		const [conversation] = workspace.addConversations(1);
		const { faults, store } = workspace.sandbox;
		faults.add({ kind: 'statusAfterStore', status: 502, method: 'POST' });
		// The first look fails, so that only the second try can find it.
		faults.add({ kind: 'status', status: 403, method: 'GET' });
		const call = await toolOf(workspace, hello(conversation!), RETRY_ON_FAIL);

		const answer = await call();

		expect(workspace.sent(conversation!)).toEqual(['Halo']);
		expect(answer).toContain(store.messages(conversation!).at(-1)!.id);
	});

	it('a conversation whose first message is refused is made once on Retry On Fail', async () => {
		const workspace = await openWorkspace();
		const { store } = workspace.sandbox;
		const parameters = {
			resource: 'conversation',
			operation: 'create',
			contactId: byId(store.addContact().id),
			channelId: byId(store.channelOfType('whatsapp').id),
			additionalFields: { firstMessage: 'Halo' },
		};
		const call = await toolOf(workspace, parameters, RETRY_ON_FAIL);

		await expect(call()).rejects.toThrow('Sahut refused the data');

		expect(conversationsOf(workspace)).toHaveLength(1);
	});

	it('two calls at once with the same text are two messages', async () => {
		const workspace = await openWorkspace();
		const [conversation] = workspace.addConversations(1);
		const call = await toolOf(workspace, hello(conversation!));

		const answers = await Promise.all([call(), call()]);

		expect(workspace.sent(conversation!)).toEqual(['Halo', 'Halo']);
		for (const answer of answers) expect(JSON.parse(answer)).toMatchObject([{ content: 'Halo' }]);
	});

	it('the model gets what happened and the advice, on Continue', async () => {
		const workspace = await openWorkspace();
		const settings: NodeSettings = { onError: 'continueRegularOutput' };
		const call = await toolOf(workspace, hello('conv_X'), settings);

		const [{ error }] = JSON.parse(await call());

		expect(error.message).toContain('Sahut has no conversation "conv_X"');
		expect(error.advice).toContain('Choose "From List"');
	});
});
