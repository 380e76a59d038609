import type { IRunExecutionData } from 'n8n-workflow';

import { runWorkflow, sahutWorkflow } from '../support/engine';
import { dataAtStart, dataForRetry, letPass } from '../support/retryData';
import { openWorkspace, sendText, type Workspace } from '../support/workspace';

const ONE_BY_ONE = sahutWorkflow({ ...sendText, options: { concurrency: 1 } });
const [TRIGGER] = ONE_BY_ONE.nodes;
const MINUTE_MS = 60_000;

/** What n8n has of an execution that began ten minutes ago. */
function dataFor(conversations: string[]): IRunExecutionData {
	const rows = conversations.map((conversation) => ({ conversation, text: 'Halo' }));
	return dataAtStart(TRIGGER!, rows, Date.now() - 10 * MINUTE_MS);
}

async function run({ credentials }: Workspace, executionData: IRunExecutionData, isRetry = false) {
	return await runWorkflow({
		...ONE_BY_ONE,
		credentials,
		executionData: structuredClone(executionData),
		...(isRetry && { mode: 'retry' as const }),
	});
}

function refuse({ sandbox }: Workspace, conversation: string, times: number) {
	const path = `/conversations/${conversation}/messages`;
	sandbox.faults.add({ kind: 'status', status: 422, method: 'POST', path, times });
}

it('sends what had not gone out, and nothing else, however often it is retried', async () => {
	const workspace = await openWorkspace();
	const conversations = workspace.addConversations(5);
	const stored = dataFor(conversations);
	refuse(workspace, conversations[3]!, 1);
	await run(workspace, stored);
	expect(conversations.map((id) => workspace.sent(id).length)).toEqual([1, 1, 1, 0, 0]);
	letPass(workspace, 9);

	const retries = [await run(workspace, stored, true), await run(workspace, stored, true)];

	expect(retries.map(({ status }) => status)).toEqual(['success', 'success']);
	expect(conversations.map((id) => workspace.sent(id))).toEqual(Array(5).fill(['Halo']));
	expect(retries[0]!.output('Sahut').map(({ json }) => json.content)).toEqual(
		Array(5).fill('Halo'),
	);
});

it('goes on from the execution when the retry fails and is retried itself', async () => {
	const workspace = await openWorkspace();
	const [refused, ...others] = workspace.addConversations(4);
	const stored = dataFor([refused!, ...others]);
	await run(workspace, dataFor(others));
	letPass(workspace, 9);
	refuse(workspace, refused!, 1);

	const stopped = await run(workspace, stored, true);
	expect(stopped.status).toBe('error');
	const { status } = await run(workspace, dataForRetry(stopped), true);

	expect(status).toBe('success');
	expect([refused!, ...others].map((id) => workspace.sent(id))).toEqual(Array(4).fill(['Halo']));
});

it('sends what was sent before the execution began', async () => {
	const workspace = await openWorkspace();
	const [conversation] = workspace.addConversations(1);
	await run(workspace, dataFor([conversation!]));
	letPass(workspace, 20);

	await run(workspace, dataFor([conversation!]), true);

	expect(workspace.sent(conversation!)).toEqual(['Halo', 'Halo']);
});

describe('when n8n has not stored when the execution began, as n8n 1.x when its process dies', () => {
	/** What was sent so many minutes ago, and an execution that sends the same and is retried. */
	async function retryAfter(minutes: number) {
		const workspace = await openWorkspace();
		const conversations = workspace.addConversations(3);
		const stored = dataFor(conversations);
		await run(workspace, dataFor([conversations[0]!]));
		letPass(workspace, minutes);
		delete stored.executionData!.runtimeData;
		const { status } = await run(workspace, stored, true);
		expect(status).toBe('success');
		return conversations.map((id) => workspace.sent(id).length);
	}

	it('does not send again what has gone out within 20 hours', async () => {
		expect(await retryAfter(19 * 60)).toEqual([1, 1, 1]);
	});

	it('sends what went out the day before', async () => {
		expect(await retryAfter(21 * 60)).toEqual([2, 1, 1]);
	});
});
