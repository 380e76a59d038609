import type { INode } from 'n8n-workflow';
import { setTimeout as wait } from 'node:timers/promises';

import { runWorkflow, sahutWorkflow, toItems, type WorkflowToRun } from '../../support/engine';
import { byId } from '../../support/locator';
import { createRetryData } from '../../support/retryData';
import { useRealWaits } from '../../support/testClock';
import { type NodeSettings, openWorkspace, sendText, until } from '../../support/workspace';
import { messagesPath, ONE_BY_ONE, RETRY_ON_FAIL, waitForResponse } from './oneByOne';

/** Builds a workflow with the Sahut node and a second one, which sends to `next` for each item. */
function twoNodeWorkflow(
	next: string,
	settings: NodeSettings,
): Pick<WorkflowToRun, 'nodes' | 'connections'> {
	const { nodes, connections } = sahutWorkflow(ONE_BY_ONE, settings);
	const parameters = { ...sendText, conversationId: byId(next), content: 'Selesai' };
	const second = { ...sahutWorkflow(parameters).nodes[1]!, id: 'second', name: 'Second' };
	return {
		nodes: [...nodes, second],
		connections: {
			...connections,
			Sahut: { main: [[{ node: 'Second', type: 'main', index: 0 }]] },
		},
	};
}

/** Runs five items, and cancels the execution while the third one waits for Retry-After. */
async function cancelDuringWait(settings: NodeSettings) {
	const workspace = await openWorkspace();
	const conversations = workspace.addConversations(5);
	const [next] = workspace.addConversations(1);
	const [, , limited] = conversations;
	const limit = { status: 429, retryAfter: 100, method: 'POST', path: messagesPath(limited!) };
	workspace.sandbox.faults.add({ kind: 'status', ...limit });
	const toRun = { ...twoNodeWorkflow(next!, settings), credentials: workspace.credentials };
	useRealWaits();

	const canceled = await runWorkflow({
		...toRun,
		items: toItems(conversations.map((conversation) => ({ conversation, text: 'Halo' }))),
		cancelWhen: waitForResponse(workspace, limited!),
	});

	const sentCounts = () => conversations.map((id) => workspace.sent(id).length);
	return { workspace, conversations, next: next!, toRun, canceled, sentCounts };
}

describe.each([
	['Stop', 'stopWorkflow'],
	['Continue', 'continueRegularOutput'],
	['Continue (using error output)', 'continueErrorOutput'],
] as const)('A canceled execution with On Error: %s', (_, onError) => {
	it.each([
		['off', {}],
		['on', RETRY_ON_FAIL],
	])(
		'ends as canceled and keeps the settings of the node, with Retry On Fail %s',
		async (...row) => {
			const [, retryOnFail] = row;
			const settings = { onError, ...retryOnFail };

			const { workspace, next, canceled, sentCounts } = await cancelDuringWait(settings);

			expect(canceled.status).toBe('canceled');
			expect(canceled.error?.message).toBe('The execution was canceled [item 2]');
			expect(sentCounts()).toEqual([1, 1, 0, 0, 0]);
			expect(workspace.sent(next)).toEqual([]);
			const [waiting] = createRetryData(canceled).executionData!.nodeExecutionStack;
			expect(waiting!.node).toMatchObject({ name: 'Sahut', onError, ...retryOnFail });
			expect(waiting!.node).not.toHaveProperty('continueOnFail');
		},
	);

	it('sends the remaining messages after Retry, with the same On Error', async () => {
		const { workspace, conversations, toRun, canceled, sentCounts } = await cancelDuringWait({
			onError,
		});
		workspace.rejectMessages(conversations[3]);

		const retried = await runWorkflow({
			...toRun,
			mode: 'retry',
			executionData: createRetryData(canceled),
		});

		const stops = onError === 'stopWorkflow';
		expect(retried.status).toBe(stops ? 'error' : 'success');
		expect(sentCounts()).toEqual([1, 1, 1, 0, stops ? 0 : 1]);
		const outputs = [0, 1].map((index) => retried.output('Sahut', index).length);
		const expected = {
			stopWorkflow: [0, 0],
			continueRegularOutput: [5, 0],
			continueErrorOutput: [4, 1],
		};
		expect(outputs).toEqual(expected[onError]);
	});
});

it.each<[string, INode['parameters']]>([
	['contacts', { resource: 'contact', operation: 'list', returnAll: true }],
	['conversations', { resource: 'conversation', operation: 'list', returnAll: true }],
	['messages', { ...sendText, operation: 'list', returnAll: true }],
])(
	'A canceled list of %s ends as canceled on Continue, and requests no further pages',
	async (...row) => {
		const [, parameters] = row;
		const workspace = await openWorkspace({ latencyMs: 60 });
		const conversations = workspace.addConversations(900);
		const [conversation] = conversations;
		workspace.sandbox.store.addMessages(conversation!, 900);

		const { status } = await workspace.run(
			parameters,
			[{ conversation }],
			{ onError: 'continueRegularOutput' },
			{ cancelWhen: until(() => workspace.requests().length > 1) },
		);

		expect(status).toBe('canceled');
		// Requests in flight may still arrive.
		await wait(500);
		const atTheEnd = workspace.requests().length;
		await wait(200);
		expect(workspace.requests()).toHaveLength(atTheEnd);
	},
);
