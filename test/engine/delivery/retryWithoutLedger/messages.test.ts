import type { IRunExecutionData } from 'n8n-workflow';

import { MINUTE_MS } from '../../../../sandbox/clock';
import { runWorkflow, sahutWorkflow } from '../../../support/engine';
import { replaceLists } from '../../../support/replaceLists';
import {
	createStartData,
	createRetryData,
	createCrashedExecution,
	ageRecords,
} from '../../../support/retryData';
import {
	allSentTexts,
	openConversation,
	openWorkspace,
	sendText,
	type Workspace,
} from '../../../support/workspace';
import { continueInAnotherProcess } from '../customerFixture';
import { now } from '../../../support/testClock';

const ONE_BY_ONE = sahutWorkflow({ ...sendText, options: { concurrency: 1 } });
const MINUTES_PER_HOUR = 60;
const [TRIGGER] = ONE_BY_ONE.nodes;

/** Returns the data that n8n has stored of an execution that began ten minutes ago. */
function dataFor(conversations: string[]): IRunExecutionData {
	const rows = conversations.map((conversation) => ({ conversation, text: 'Halo' }));
	return createStartData(TRIGGER!, rows, now() - 10 * MINUTE_MS);
}

/** Runs the workflow, or a retry of it, with the stored data. */
async function run({ credentials }: Workspace, executionData: IRunExecutionData, isRetry = false) {
	return await runWorkflow({
		...ONE_BY_ONE,
		credentials,
		executionData: structuredClone(executionData),
		...(isRetry && { mode: 'retry' as const }),
	});
}

describe('a Retry of an execution of which n8n stored only the start', () => {
	it('sends only the missing messages, even if it is repeated', async () => {
		const workspace = await openWorkspace();
		const conversations = workspace.addConversations(5);
		const stored = dataFor(conversations);
		workspace.rejectMessages(conversations[3]);
		await run(workspace, stored);
		expect(conversations.map((id) => workspace.sent(id).length)).toEqual([1, 1, 1, 0, 0]);
		ageRecords(workspace, 9);

		const retries = [await run(workspace, stored, true), await run(workspace, stored, true)];

		expect(retries.map(({ status }) => status)).toEqual(['success', 'success']);
		expect(conversations.map((id) => workspace.sent(id))).toEqual(Array(5).fill(['Halo']));
		expect(retries[0]!.output('Sahut').map(({ json }) => json.content)).toEqual(
			Array(5).fill('Halo'),
		);
	});

	it('sends no message twice when it fails and is itself retried', async () => {
		const workspace = await openWorkspace();
		const [refused, ...others] = workspace.addConversations(4);
		const stored = dataFor([refused!, ...others]);
		await run(workspace, dataFor(others));
		ageRecords(workspace, 9);
		workspace.rejectMessages(refused);

		const stopped = await run(workspace, stored, true);
		expect(stopped.status).toBe('error');
		const { status } = await run(workspace, createRetryData(stopped), true);

		expect(status).toBe('success');
		expect([refused!, ...others].map((id) => workspace.sent(id))).toEqual(Array(4).fill(['Halo']));
	});

	it('sends a message again that was sent before the execution began', async () => {
		const { workspace, conversation } = await openConversation();
		await run(workspace, dataFor([conversation]));
		ageRecords(workspace, 20);

		await run(workspace, dataFor([conversation]), true);

		expect(workspace.sent(conversation)).toEqual(['Halo', 'Halo']);
	});

	it.each([
		['a bot', [], 'success'],
		// The process does not know that the API sends as this agent.
		['an agent', ['sent-by-agent'], 'error'],
	] as const)(
		'does not resend a message that the API sent as %s',
		async (_, deviations, expected) => {
			const { workspace, conversation } = await openConversation({ deviations: [...deviations] });
			const execution = createCrashedExecution(workspace, sendText, [
				{ conversation, text: 'Halo' },
			]);
			await execution.run();
			continueInAnotherProcess(workspace);

			const { status } = await execution.retry();

			expect(status).toBe(expected);
			expect(allSentTexts(workspace)).toHaveLength(1);
		},
	);

	it('does not resend a text that is stored in another Unicode form', async () => {
		const { workspace, conversation } = await openConversation();
		const execution = createCrashedExecution(workspace, sendText, [
			{ conversation, text: 'Kafé dibuka' },
		]);
		workspace.sandbox.store.send(conversation, { content: 'Kafé dibuka'.normalize('NFD') });

		const { status } = await execution.retry();

		expect(status).toBe('success');
		expect(allSentTexts(workspace)).toHaveLength(1);
	});

	it.each([
		['the message unchanged', {}, 'success'],
		['the message without a time', { created_at: null }, 'error'],
		['the time as a number of seconds', { created_at: Math.floor(now() / 1_000) }, 'error'],
		['the message with another type', { type: 'template' }, 'success'],
	])('does not resend a message when the list shows %s', async (_, change, expectedStatus) => {
		const { workspace, conversation } = await openConversation();
		const { store } = workspace.sandbox;
		const execution = createCrashedExecution(workspace, sendText, [{ conversation, text: 'Halo' }]);
		// The crashed process has sent this message; this process does not know of it.
		store.send(conversation, { content: 'Halo' });
		const data = store
			.messages(conversation)
			.map((message) => (message.type === 'outgoing' ? { ...message, ...change } : message));
		replaceLists(workspace, /messages/, data);

		const { status } = await execution.retry();

		expect(status).toBe(expectedStatus);
		expect(allSentTexts(workspace)).toHaveLength(1);
	});
});

describe('a Retry of an execution of which n8n 1.x stored no start time', () => {
	/**
	 * Sends a message, and later retries an execution with this message and two other ones.
	 *
	 * @param minutes the age of the message at the retry
	 * @returns the number of messages in each conversation
	 */
	async function retryAfter(minutes: number) {
		const workspace = await openWorkspace();
		const conversations = workspace.addConversations(3);
		const stored = dataFor(conversations);
		await run(workspace, dataFor([conversations[0]!]));
		ageRecords(workspace, minutes);
		delete stored.executionData!.runtimeData;

		const { status } = await run(workspace, stored, true);

		expect(status).toBe('success');
		return conversations.map((id) => workspace.sent(id).length);
	}

	it('does not resend a message that was sent within the last 20 hours', async () => {
		expect(await retryAfter(19 * MINUTES_PER_HOUR)).toEqual([1, 1, 1]);
	});

	it('sends a message again that was sent more than 20 hours ago', async () => {
		expect(await retryAfter(21 * MINUTES_PER_HOUR)).toEqual([2, 1, 1]);
	});
});
