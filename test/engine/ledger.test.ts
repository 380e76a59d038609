import type { IDataObject, INode } from 'n8n-workflow';

import { type FinishedRun, runWorkflow, sahutWorkflow, toItems } from '../support/engine';
import { standIn } from '../support/builtInNodes';
import { dataAtStart, dataForRetry, retry } from '../support/retryData';
import { openChat, openWorkspace, sendText, type Workspace } from '../support/workspace';

const UNKNOWN = 'conv_00000000000000';
const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

/** Twelve customers, of whom Sahut refuses one: what a plain node turns into 23 messages. */
function twelveRows(workspace: Workspace) {
	const conversations = workspace.addConversations(12);
	const rows: IDataObject[] = conversations.map((conversation, index) => ({
		conversation: index === 7 ? UNKNOWN : conversation,
		text: `Halo pelanggan ${index}`,
	}));
	return { conversations, rows, mend: () => (rows[7]!.conversation = conversations[7]) };
}

const counts = (workspace: Workspace, conversations: string[]) =>
	conversations.map((conversation) => workspace.sent(conversation).length);

const ledgerOf = ({ run }: FinishedRun) =>
	run.data.executionData!.contextData['node:Sahut']?.sent as unknown as IDataObject | undefined;

describe('Retry On Fail', () => {
	it('sends nothing twice, however often n8n runs the node again', async () => {
		const workspace = await openWorkspace();
		const { conversations, rows } = twelveRows(workspace);

		const { status } = await workspace.run(sendText, rows, RETRY_ON_FAIL);

		expect(status).toBe('error');
		expect(Math.max(...counts(workspace, conversations))).toBe(1);
		const tries = workspace.requests().filter((request) => request.includes(UNKNOWN));
		expect(tries).toHaveLength(3);
	});

	it('also on Continue, where n8n runs the node again for a failed first item', async () => {
		const workspace = await openWorkspace();
		const [first, ...others] = workspace.addConversations(4);
		workspace.refuse(first, 2);

		const { output } = await workspace.run(
			sendText,
			[first, ...others].map((conversation) => ({ conversation, text: 'Halo' })),
			{ ...RETRY_ON_FAIL, onError: 'continueRegularOutput' },
		);

		expect(counts(workspace, [first!, ...others])).toEqual([1, 1, 1, 1]);
		expect(output('Sahut').map(({ json }) => json.content)).toEqual(Array(4).fill('Halo'));
	});

	it.each(['not delivered', '', { code: 131047 }])(
		'does not send again a message that Sahut answers with an error in it (%j)',
		async (error) => {
			const { workspace, conversation } = await openChat();
			const data = { id: 'msg_1', type: 'outgoing', content: 'Halo', error };
			const body = { data };
			workspace.sandbox.faults.add({ kind: 'body', method: 'POST', times: Infinity, body });

			await workspace.run(sendText, [{ conversation, text: 'Halo' }], RETRY_ON_FAIL);

			expect(workspace.sent(conversation)).toEqual(['Halo']);
		},
	);

	it('does not send a message again whose fate is not known', async () => {
		const { workspace, conversation } = await openChat();
		workspace.sandbox.faults.add({ kind: 'status', status: 502, method: 'POST' });

		const { error } = await workspace.run(
			sendText,
			[{ conversation, text: 'Halo' }],
			RETRY_ON_FAIL,
		);

		expect(error?.message).toContain('It is not known whether conversation');
		expect(error?.description).toContain('Look into Sahut');
		expect(workspace.requests().filter((request) => request.startsWith('POST'))).toHaveLength(1);
	});

	it('finds such a message when it shows up later', async () => {
		const { workspace, conversation } = await openChat();
		const { faults, store } = workspace.sandbox;
		faults.add({ kind: 'dropAfter', method: 'POST' });
		// The first look fails, so that only the second try can find it.
		faults.add({ kind: 'status', status: 403, method: 'GET' });

		const { output } = await workspace.run(
			sendText,
			[{ conversation, text: 'Halo' }],
			RETRY_ON_FAIL,
		);

		expect(output('Sahut')[0]!.json.id).toBe(store.messages(conversation).at(-1)!.id);
		expect(workspace.sent(conversation)).toEqual(['Halo']);
	});
});

describe('Retry on a failed execution', () => {
	it('sends what is missing, and nothing else', async () => {
		const workspace = await openWorkspace();
		const { conversations, rows, mend } = twelveRows(workspace);
		const failed = await workspace.run(sendText, rows);
		expect(failed.status).toBe('error');
		mend();
		const mended = dataForRetry(failed);
		mended.executionData!.nodeExecutionStack[0]!.data.main![0]![7]!.json = rows[7]!;

		const retried = await workspace.run(
			sendText,
			[],
			{},
			{
				mode: 'retry',
				executionData: mended,
			},
		);

		expect(retried.status).toBe('success');
		expect(counts(workspace, conversations)).toEqual(Array(12).fill(1));
		expect(retried.output('Sahut').map(({ json }) => json.content)).toEqual(
			rows.map(({ text }) => text),
		);
	});

	it('several times from the same execution does not send what another retry has sent', async () => {
		const workspace = await openWorkspace();
		const [last, ...conversations] = workspace.addConversations(4);
		const rows = [...conversations, UNKNOWN, last].map((conversation) => ({
			conversation,
			text: 'Pengingat tagihan',
		}));
		const oneByOne = { ...sendText, options: { concurrency: 1 } };
		workspace.sandbox.faults.add({ kind: 'status', status: 422, method: 'POST' });
		const failed = await workspace.run(oneByOne, rows);
		expect(counts(workspace, conversations)).toEqual([0, 0, 0]);

		await retry(workspace, failed, oneByOne);
		expect(counts(workspace, conversations)).toEqual([1, 1, 1]);
		const again = await retry(workspace, failed, oneByOne);

		expect(counts(workspace, conversations)).toEqual([1, 1, 1]);
		expect(again.error?.description).toContain('3 of 5 items were sent.');
	});
});

describe('is another message, and sent', () => {
	it('the same text from another item of the same run', async () => {
		const { workspace, conversation } = await openChat();
		const row = { conversation, text: 'Halo' };

		await workspace.run(sendText, [row, row, { conversation: UNKNOWN, text: 'x' }], RETRY_ON_FAIL);

		expect(workspace.sent(conversation)).toEqual(['Halo', 'Halo']);
	});

	it('the same text in the next run of a loop', async () => {
		const { workspace, conversation } = await openChat();
		const { nodes, connections } = sahutWorkflow(sendText, { onError: 'continueRegularOutput' });
		const again: INode = { ...nodes[1]!, id: 'again', name: 'Again', type: 'test.twice' };
		connections.Sahut = { main: [[{ node: 'Again', type: 'main', index: 0 }]] };
		connections.Again = { main: [[{ node: 'Sahut', type: 'main', index: 0 }]] };
		const items = toItems([
			{ conversation, text: 'Halo' },
			{ conversation: UNKNOWN, text: 'x' },
		]);
		let rounds = 0;

		const { runs } = await runWorkflow({
			nodes: [...nodes, again],
			connections,
			items,
			credentials: workspace.credentials,
			nodeTypes: {
				'test.twice': standIn('Again', [], async () => [rounds++ < 2 ? items : []]),
			},
		});

		expect(runs('Sahut')).toHaveLength(3);
		expect(workspace.sent(conversation)).toEqual(['Halo', 'Halo', 'Halo']);
	});

	it('the same text in a new execution', async () => {
		const { workspace, conversation } = await openChat();

		await workspace.run(sendText, [{ conversation, text: 'Halo' }]);
		await workspace.run(sendText, [{ conversation, text: 'Halo' }]);

		expect(workspace.sent(conversation)).toEqual(['Halo', 'Halo']);
	});
});

describe('the ledger', () => {
	it('is empty after all items have succeeded', async () => {
		const workspace = await openWorkspace();
		const rows = workspace.addConversations(5).map((conversation) => ({ conversation, text: 'x' }));

		expect(ledgerOf(await workspace.run(sendText, rows))).toBeUndefined();
	});

	it('holds the message for each that was sent, and neither key nor address', async () => {
		const workspace = await openWorkspace();
		const { rows } = twelveRows(workspace);

		const ledger = JSON.stringify(
			ledgerOf(await workspace.run(sendText, rows, { onError: 'continueErrorOutput' })),
		);

		expect(ledger.match(/"id":"msg_/g)).toHaveLength(11);
		expect(ledger.length).toBeLessThan(11 * 500);
		expect(ledger).not.toContain(workspace.sandbox.apiKey);
		expect(ledger).not.toContain('127.0.0.1');
	});
});

describe('Dry Run', () => {
	it('shows the exact requests and sends nothing', async () => {
		const { workspace, conversation } = await openChat();

		const { output } = await workspace.run(
			{ ...sendText, options: { dryRun: true, private: true } },
			[{ conversation, text: 'Halo' }],
		);

		expect(workspace.requests()).toEqual([]);
		expect(output('Sahut')).toEqual([
			{
				json: {
					dryRun: true,
					request: {
						method: 'POST',
						url: `${workspace.sandbox.url}/conversations/${conversation}/messages`,
						body: { content: 'Halo', private: true },
					},
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it('makes all checks', async () => {
		const workspace = await openWorkspace();

		const { error } = await workspace.run({ ...sendText, options: { dryRun: true } }, [
			{ conversation: UNKNOWN, text: ' ' },
		]);

		expect(error?.message).toBe('Text is empty [item 0]');
	});
});

it.each(['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const)(
	'a cancelled execution ends the node as cancelled on %s, and a retry sends what is missing, once',
	async (onError) => {
		const workspace = await openWorkspace();
		const [slow, ...others] = workspace.addConversations(3);
		workspace.sandbox.faults.add({
			kind: 'slow',
			delayMs: 400,
			path: `/conversations/${slow}/messages`,
		});
		const rows = [slow, ...others].map((conversation) => ({ conversation, text: 'Halo' }));
		const arrived = new Promise<void>((resolve) => {
			const timer = setInterval(() => {
				if (workspace.sandbox.journal.entries.length === 0) return;
				clearInterval(timer);
				setTimeout(resolve, 30);
			}, 5);
		});
		const parameters = { ...sendText, options: { concurrency: 1 } };

		const cancelled = await workspace.run(parameters, rows, { onError }, { cancelWhen: arrived });
		await new Promise((resolve) => setTimeout(resolve, 600));

		expect(cancelled.status).toBe('canceled');
		expect(cancelled.error?.message).toContain('The execution was cancelled');
		expect(counts(workspace, [slow!, ...others])).toEqual([1, 0, 0]);
		const executionData = dataForRetry(cancelled);
		const { nodeExecutionStack } = executionData.executionData!;
		expect(nodeExecutionStack.map(({ node }) => [node.name, node.onError])).toEqual([
			['Sahut', onError],
		]);

		const { status, output } = await workspace.run(
			parameters,
			[],
			{ onError },
			{ mode: 'retry', executionData },
		);

		expect(status).toBe('success');
		expect(output('Sahut')).toHaveLength(3);
		expect(counts(workspace, [slow!, ...others])).toEqual([1, 1, 1]);
	},
);

/** A workflow of Sahut → Other → `back`, all with the same rows. */
async function workflowAround(execute: () => 'ends' | 'goesOn', back: 'Sahut' | 'Second') {
	const { workspace, conversation } = await openChat();
	const rows = [{ conversation, text: 'Halo' }];
	const { nodes, connections } = sahutWorkflow(sendText);
	const [trigger, sahut] = nodes;
	const other: INode = { ...sahut!, id: 'other', name: 'Other', type: 'test.other' };
	const second: INode = { ...sahut!, id: 'second', name: 'Second' };
	connections.Sahut = { main: [[{ node: 'Other', type: 'main', index: 0 }]] };
	connections.Other = { main: [[{ node: back, type: 'main', index: 0 }]] };
	const otherType = standIn('Other', [], async () => [execute() === 'ends' ? [] : toItems(rows)]);
	return {
		workflow: {
			nodes: [...nodes, other, second],
			connections,
			credentials: workspace.credentials,
			nodeTypes: { 'test.other': otherType },
		},
		start: dataAtStart(trigger!, rows),
		sent: () => workspace.sent(conversation),
	};
}

it('in a retry, the same text in the next run of a loop is another message', async () => {
	let rounds = 0;
	const { workflow, start, sent } = await workflowAround(
		() => (rounds++ < 2 ? 'goesOn' : 'ends'),
		'Sahut',
	);

	const { runs } = await runWorkflow({ ...workflow, mode: 'retry', executionData: start });

	expect(runs('Sahut')).toHaveLength(3);
	expect(sent()).toEqual(['Halo', 'Halo', 'Halo']);
});

it('in a retry, the same text from a node behind the one that failed is another message', async () => {
	let fails = true;
	const { workflow, start, sent } = await workflowAround(() => {
		if (fails) throw new Error('not yet');
		return 'goesOn';
	}, 'Second');
	const failed = await runWorkflow({ ...workflow, executionData: start });
	expect(failed.status).toBe('error');
	expect(sent()).toEqual(['Halo']);
	fails = false;

	const { status } = await runWorkflow({
		...workflow,
		mode: 'retry',
		executionData: dataForRetry(failed),
	});

	expect(status).toBe('success');
	expect(sent()).toEqual(['Halo', 'Halo']);
});
