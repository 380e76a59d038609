import type { IDataObject } from 'n8n-workflow';

import type { FinishedRun } from '../../../support/engine';
import { dataForRetry, retry } from '../../../support/retryData';
import {
	openConversation,
	openWorkspace,
	sendText,
	type Workspace,
} from '../../../support/workspace';

const UNKNOWN_CONVERSATION = 'conv_00000000000000';
const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

/** Twelve items with a conversation each; the one of item 7 is unknown to Sahut until `correct` is called. */
function twelveRows(workspace: Workspace) {
	const conversations = workspace.addConversations(12);
	const rows: IDataObject[] = conversations.map((conversation, index) => ({
		conversation: index === 7 ? UNKNOWN_CONVERSATION : conversation,
		text: `Halo pelanggan ${index}`,
	}));
	return { conversations, rows, correct: () => (rows[7]!.conversation = conversations[7]) };
}

const counts = (workspace: Workspace, conversations: string[]) =>
	conversations.map((conversation) => workspace.sent(conversation).length);

/** The ledger that n8n stores with the execution. */
const ledgerOf = ({ run }: FinishedRun) =>
	run.data.executionData!.contextData['node:Sahut']?.sent as unknown as IDataObject | undefined;

describe('Retry On Fail', () => {
	it('sends no message twice, however often n8n runs the node again', async () => {
		const workspace = await openWorkspace();
		const { conversations, rows } = twelveRows(workspace);

		const { status } = await workspace.run(sendText, rows, RETRY_ON_FAIL);

		expect(status).toBe('error');
		expect(Math.max(...counts(workspace, conversations))).toBe(1);
		const tries = workspace.requests().filter((request) => request.includes(UNKNOWN_CONVERSATION));
		expect(tries).toHaveLength(3);
	});

	it('sends no message twice when n8n runs the node again for a failed first item on Continue', async () => {
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
		'does not resend a message whose response contains an error (%j)',
		async (error) => {
			const { workspace, conversation } = await openConversation();
			const data = { id: 'msg_1', type: 'outgoing', content: 'Halo', error };
			const body = { data };
			workspace.sandbox.faults.add({ kind: 'body', method: 'POST', times: Infinity, body });

			await workspace.run(sendText, [{ conversation, text: 'Halo' }], RETRY_ON_FAIL);

			expect(workspace.sent(conversation)).toEqual(['Halo']);
		},
	);

	it('does not resend a message whose outcome is unknown', async () => {
		const { workspace, conversation } = await openConversation();
		workspace.sandbox.faults.add({ kind: 'status', status: 502, method: 'POST' });

		const { error } = await workspace.run(
			sendText,
			[{ conversation, text: 'Halo' }],
			RETRY_ON_FAIL,
		);

		expect(error?.message).toContain(
			'The outcome of an earlier request to send the message to conversation',
		);
		expect(error?.description).toContain('Check in Sahut whether it has arrived');
		expect(workspace.requests().filter((request) => request.startsWith('POST'))).toHaveLength(1);
	});

	it('finds a message of unknown outcome when a later try can read the conversation', async () => {
		const { workspace, conversation } = await openConversation();
		const { faults, store } = workspace.sandbox;
		faults.add({ kind: 'dropAfter', method: 'POST' });
		// The first search fails, so that only the second try can find it.
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
	it('sends the missing messages and nothing else', async () => {
		const workspace = await openWorkspace();
		const { conversations, rows, correct } = twelveRows(workspace);
		const failed = await workspace.run(sendText, rows);
		expect(failed.status).toBe('error');
		correct();
		const corrected = dataForRetry(failed);
		corrected.executionData!.nodeExecutionStack[0]!.data.main![0]![7]!.json = rows[7]!;

		const retried = await workspace.run(
			sendText,
			[],
			{},
			{
				mode: 'retry',
				executionData: corrected,
			},
		);

		expect(retried.status).toBe('success');
		expect(counts(workspace, conversations)).toEqual(Array(12).fill(1));
		expect(retried.output('Sahut').map(({ json }) => json.content)).toEqual(
			rows.map(({ text }) => text),
		);
	});

	it('does not resend what an earlier retry of the same execution has sent', async () => {
		const workspace = await openWorkspace();
		const [last, ...conversations] = workspace.addConversations(4);
		const rows = [...conversations, UNKNOWN_CONVERSATION, last].map((conversation) => ({
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

describe('the ledger', () => {
	it('stores nothing after all items have succeeded', async () => {
		const workspace = await openWorkspace();
		const rows = workspace.addConversations(5).map((conversation) => ({ conversation, text: 'x' }));

		expect(ledgerOf(await workspace.run(sendText, rows))).toBeUndefined();
	});

	it('stores each sent message, but neither the API key nor the address', async () => {
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

it.each(['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const)(
	'ends a cancelled execution as canceled on %s, and its retry sends each missing message once',
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
		expect(cancelled.error?.message).toContain('The execution was canceled');
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
