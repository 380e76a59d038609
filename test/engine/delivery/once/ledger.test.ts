import type { IDataObject } from 'n8n-workflow';
import { setTimeout as wait } from 'node:timers/promises';

import type { FinishedRun } from '../../../support/engine';
import { createRetryData, retry } from '../../../support/retryData';
import {
	allSentTexts,
	openConversation,
	openWorkspace,
	sendText,
	until,
	type Workspace,
} from '../../../support/workspace';

const UNKNOWN_CONVERSATION = 'conv_00000000000000';
const MAX_BYTES_PER_MESSAGE = 500;
/** Of the message that is in flight when the execution is canceled. */
const RESPONSE_DELAY_MS = 400;
const RETRY_ON_FAIL = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

/**
 * Adds twelve conversations, and returns an item for each. Item 7 has an ID that Sahut does not know until
 * `correct` is called.
 */
function twelveRows(workspace: Workspace) {
	const conversations = workspace.addConversations(12);
	const rows: IDataObject[] = conversations.map((conversation, index) => ({
		conversation: index === 7 ? UNKNOWN_CONVERSATION : conversation,
		text: `Halo pelanggan ${index}`,
	}));
	return { conversations, rows, correct: () => (rows[7]!.conversation = conversations[7]) };
}

/** Returns the number of messages in each conversation. */
const countMessages = (workspace: Workspace, conversations: string[]) =>
	conversations.map((conversation) => workspace.sent(conversation).length);

/** Returns the ledger that n8n stores with the execution. */
const ledgerOf = ({ run }: FinishedRun) =>
	run.data.executionData!.contextData['node:Sahut']?.sent as unknown as IDataObject | undefined;

describe('Retry On Fail', () => {
	it('sends no message twice when n8n runs the node three times', async () => {
		const workspace = await openWorkspace();
		const { conversations, rows } = twelveRows(workspace);

		const { status } = await workspace.run(sendText, rows, RETRY_ON_FAIL);

		expect(status).toBe('error');
		expect(Math.max(...countMessages(workspace, conversations))).toBe(1);
		const tries = workspace.requests().filter((request) => request.includes(UNKNOWN_CONVERSATION));
		expect(tries).toHaveLength(3);
	});

	it('sends no message twice on Continue when n8n runs the node again because the first item failed', async () => {
		const workspace = await openWorkspace();
		const [first, ...others] = workspace.addConversations(4);
		workspace.rejectMessages(first, 2);

		const { output } = await workspace.run(
			sendText,
			[first, ...others].map((conversation) => ({ conversation, text: 'Halo' })),
			{ ...RETRY_ON_FAIL, onError: 'continueRegularOutput' },
		);

		expect(countMessages(workspace, [first!, ...others])).toEqual([1, 1, 1, 1]);
		expect(output('Sahut').map(({ json }) => json.content)).toEqual(Array(4).fill('Halo'));
	});

	it.each(['not delivered', '', { code: 131047 }])(
		'does not resend a message whose response contains an error (%j)',
		async (error) => {
			const { workspace, conversation } = await openConversation();
			const body = { data: { id: 'msg_1', type: 'outgoing', content: 'Halo', error } };
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
		expect(error?.description).toContain('Check in Sahut whether it was carried out');
		expect(workspace.requests().filter((request) => request.startsWith('POST'))).toHaveLength(1);
	});

	it('finds a message of unknown outcome when a later try can read the conversation', async () => {
		const { workspace, conversation } = await openConversation();
		const { faults, store } = workspace.sandbox;
		faults.add({ kind: 'dropAfter', method: 'POST' });
		// The search of the first run fails, so only the second run can find the message.
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

describe('Retry of a failed execution', () => {
	it('sends only the messages that the execution has not sent', async () => {
		const workspace = await openWorkspace();
		const { conversations, rows, correct } = twelveRows(workspace);
		const failed = await workspace.run(sendText, rows);
		expect(failed.status).toBe('error');
		correct();
		const corrected = createRetryData(failed);
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
		expect(countMessages(workspace, conversations)).toEqual(Array(12).fill(1));
		expect(retried.output('Sahut').map(({ json }) => json.content)).toEqual(
			rows.map(({ text }) => text),
		);
	});

	it('does not resend a message that an earlier retry of the same execution has sent', async () => {
		const workspace = await openWorkspace();
		const [last, ...conversations] = workspace.addConversations(4);
		const rows = [...conversations, UNKNOWN_CONVERSATION, last].map((conversation) => ({
			conversation,
			text: 'Pengingat tagihan',
		}));
		const oneByOne = { ...sendText, options: { concurrency: 1 } };
		workspace.sandbox.faults.add({ kind: 'status', status: 422, method: 'POST' });
		const failed = await workspace.run(oneByOne, rows);
		expect(countMessages(workspace, conversations)).toEqual([0, 0, 0]);

		await retry(workspace, failed, oneByOne);
		expect(countMessages(workspace, conversations)).toEqual([1, 1, 1]);
		const again = await retry(workspace, failed, oneByOne);

		expect(countMessages(workspace, conversations)).toEqual([1, 1, 1]);
		expect(again.error?.description).toContain('3 of 5 items were sent.');
	});
});

describe('the ledger', () => {
	it('is empty after all items have succeeded', async () => {
		const workspace = await openWorkspace();
		const rows = workspace.addConversations(5).map((conversation) => ({ conversation, text: 'x' }));

		const finished = await workspace.run(sendText, rows);

		expect(finished.status).toBe('success');
		expect(ledgerOf(finished)).toBeUndefined();
	});

	it('contains each sent message, but neither the API key nor the address', async () => {
		const workspace = await openWorkspace();
		const { rows } = twelveRows(workspace);

		const finished = await workspace.run(sendText, rows, { onError: 'continueErrorOutput' });

		const ledger = JSON.stringify(ledgerOf(finished));
		expect(ledger.match(/"id":"msg_/g)).toHaveLength(11);
		expect(ledger.length).toBeLessThan(11 * MAX_BYTES_PER_MESSAGE);
		expect(ledger).not.toContain(workspace.sandbox.apiKey);
		expect(ledger).not.toContain('127.0.0.1');
	});
});

it.each(['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'] as const)(
	'starts no further item when an execution with %s is canceled, and its Retry sends only the missing messages',
	async (onError) => {
		const workspace = await openWorkspace();
		const [slow, ...others] = workspace.addConversations(3);
		const path = `/conversations/${slow}/messages`;
		workspace.sandbox.faults.add({ kind: 'slow', delayMs: RESPONSE_DELAY_MS, path });
		const rows = [slow, ...others].map((conversation) => ({ conversation, text: 'Halo' }));
		const parameters = { ...sendText, options: { concurrency: 1 } };
		const cancelWhen = until(() => allSentTexts(workspace).length === 1);

		const canceled = await workspace.run(parameters, rows, { onError }, { cancelWhen });
		// No item may start after the response to the first one.
		await wait(1.5 * RESPONSE_DELAY_MS);

		expect(canceled.status).toBe('canceled');
		expect(canceled.error?.message).toContain('The execution was canceled');
		expect(countMessages(workspace, [slow!, ...others])).toEqual([1, 0, 0]);
		const executionData = createRetryData(canceled);
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
		expect(countMessages(workspace, [slow!, ...others])).toEqual([1, 1, 1]);
	},
);
