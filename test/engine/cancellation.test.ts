import type { INode } from 'n8n-workflow';
import { setTimeout as wait } from 'node:timers/promises';

import { runWorkflow, sahutWorkflow, toItems, type WorkflowToRun } from '../support/engine';
import { dataForRetry } from '../support/retryData';
import { byId } from '../support/locator';
import { waitReally } from '../support/transport';
import {
	openWorkspace,
	sendText,
	until,
	type NodeSettings,
	type Workspace,
} from '../support/workspace';

const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
const ONE_BY_ONE: INode['parameters'] = { ...sendText, options: { concurrency: 1 } };

const path = (conversation: string) => `/conversations/${conversation}/messages`;

/** The Sahut node, and behind it another one that sends to `next` once for each item. */
function workflow(
	next: string,
	settings: NodeSettings,
): Pick<WorkflowToRun, 'nodes' | 'connections'> {
	const { nodes, connections } = sahutWorkflow(ONE_BY_ONE, settings);
	const parameters = { ...sendText, conversationId: byId(next), content: 'Selesai' };
	const behind = { ...sahutWorkflow(parameters).nodes[1]!, id: 'behind', name: 'Behind' };
	return {
		nodes: [...nodes, behind],
		connections: {
			...connections,
			Sahut: { main: [[{ node: 'Behind', type: 'main', index: 0 }]] },
		},
	};
}

/** Resolves a moment after a conversation was posted to. */
async function posted({ sandbox: { journal } }: Workspace, conversation: string) {
	await until(() => journal.entries.some((entry) => entry.path === path(conversation)));
	await wait(50);
}

/** Five items, of which the third is told to wait when the execution is cancelled. */
async function cancelInTheWait(settings: NodeSettings) {
	const workspace = await openWorkspace();
	const conversations = workspace.addConversations(5);
	const [next] = workspace.addConversations(1);
	const [, , limited] = conversations;
	const limit = { status: 429, retryAfter: 100, method: 'POST', path: path(limited!) };
	workspace.sandbox.faults.add({ kind: 'status', ...limit });
	const toRun = { ...workflow(next!, settings), credentials: workspace.credentials };
	waitReally();

	const cancelled = await runWorkflow({
		...toRun,
		items: toItems(conversations.map((conversation) => ({ conversation, text: 'Halo' }))),
		cancelWhen: posted(workspace, limited!),
	});

	const sent = () => conversations.map((id) => workspace.sent(id).length);
	return { workspace, conversations, next: next!, toRun, cancelled, sent };
}

describe.each([
	['Stop', 'stopWorkflow'],
	['Continue', 'continueRegularOutput'],
	['Continue (using error output)', 'continueErrorOutput'],
] as const)('a cancelled execution, On Error: %s', (_, onError) => {
	it.each([
		['', {}],
		[', with Retry On Fail', RETRY_ON_FAIL],
	])('ends as cancelled, with the node as it was%s', async (__, retryOnFail) => {
		const { workspace, next, cancelled, sent } = await cancelInTheWait({ onError, ...retryOnFail });

		expect(cancelled.status).toBe('canceled');
		expect(cancelled.error?.message).toBe('The execution was cancelled [item 2]');
		expect(sent()).toEqual([1, 1, 0, 0, 0]);
		expect(workspace.sent(next)).toEqual([]);
		const [waiting] = dataForRetry(cancelled).executionData!.nodeExecutionStack;
		expect(waiting!.node).toMatchObject({ name: 'Sahut', onError, ...retryOnFail });
		expect(waiting!.node).not.toHaveProperty('continueOnFail');
	});

	it('is retried from the node on, which sends what is missing and keeps its On Error', async () => {
		const { workspace, conversations, toRun, cancelled, sent } = await cancelInTheWait({ onError });
		const refusal = { status: 422, method: 'POST', path: path(conversations[3]!) };
		workspace.sandbox.faults.add({ kind: 'status', ...refusal });

		const retried = await runWorkflow({
			...toRun,
			mode: 'retry',
			executionData: dataForRetry(cancelled),
		});

		const stops = onError === 'stopWorkflow';
		expect(retried.status).toBe(stops ? 'error' : 'success');
		expect(sent()).toEqual([1, 1, 1, 0, stops ? 0 : 1]);
		const outputs = [0, 1].map((index) => retried.output('Sahut', index).length);
		const expected = {
			stopWorkflow: [0, 0],
			continueRegularOutput: [5, 0],
			continueErrorOutput: [4, 1],
		};
		expect(outputs).toEqual(expected[onError]);
	});
});

it.each(['stopWorkflow', 'continueRegularOutput'] as const)(
	'cancelled between two tries of Retry On Fail (%s), nothing is tried again',
	async (onError) => {
		const workspace = await openWorkspace();
		const conversations = workspace.addConversations(2);
		const [refused] = conversations;
		workspace.sandbox.faults.add({ kind: 'status', status: 422, path: path(refused!) });

		const { status } = await workspace.run(
			ONE_BY_ONE,
			conversations.map((conversation) => ({ conversation, text: 'Halo' })),
			{ ...RETRY_ON_FAIL, waitBetweenTries: 400, onError },
			{ cancelWhen: posted(workspace, refused!) },
		);

		await wait(100);
		expect(status).toBe('canceled');
		expect(workspace.sent(refused!)).toEqual([]);
	},
);

it.each<[string, INode['parameters']]>([
	['contacts', { resource: 'contact', operation: 'list', returnAll: true }],
	['conversations', { resource: 'conversation', operation: 'list', returnAll: true }],
	['messages', { ...sendText, operation: 'list', returnAll: true }],
])(
	'a list of %s that is cancelled on Continue ends as cancelled, and reads no further page',
	async (...row) => {
		const workspace = await openWorkspace({ latencyMs: 60 });
		const conversations = workspace.addConversations(900);
		const [conversation] = conversations;
		workspace.sandbox.store.addMessages(conversation!, 900);

		const { status } = await workspace.run(
			row[1],
			[{ conversation }],
			{ onError: 'continueRegularOutput' },
			{ cancelWhen: until(() => workspace.requests().length > 1) },
		);

		expect(status).toBe('canceled');
		// What was on its way when it was cut off may still arrive.
		await wait(500);
		const atTheEnd = workspace.requests().length;
		await wait(200);
		expect(workspace.requests()).toHaveLength(atTheEnd);
	},
);
