import {
	createRunExecutionData,
	type IDataObject,
	type INode,
	type IRunExecutionData,
} from 'n8n-workflow';

import { sahutWorkflow, toItems, type FinishedRun } from './engine';
import type { Workspace } from './workspace';
import { now } from './testClock';

const MINUTE_MS = 60_000;

/** Creates the data with which n8n's *Retry* continues a failed execution. */
export function createRetryData({ run }: FinishedRun): IRunExecutionData {
	const data = structuredClone(JSON.parse(JSON.stringify(run.data))) as IRunExecutionData;
	const { lastNodeExecuted, runData } = data.resultData;
	delete data.resultData.error;
	if (runData[lastNodeExecuted!]?.at(-1)?.error) runData[lastNodeExecuted!]!.pop();
	return data;
}

/**
 * Retries a failed execution, as *Retry* in the editor does.
 *
 * @param change modifies the input rows before the retry
 */
export async function retry(
	workspace: Workspace,
	failed: FinishedRun,
	parameters: INode['parameters'],
	change: (rows: IDataObject[]) => void = () => {},
) {
	const executionData = createRetryData(failed);
	const [items] = executionData.executionData!.nodeExecutionStack[0]!.data.main!;
	change(items!.map(({ json }) => json));
	return await workspace.run(parameters, [], {}, { mode: 'retry', executionData });
}

/**
 * Creates the data that n8n stores when an execution starts. After a crash, n8n has only these data.
 *
 * @param establishedAt the start of the execution, in milliseconds since the epoch
 */
export function createStartData(
	first: INode,
	rows: IDataObject[],
	establishedAt = now(),
): IRunExecutionData {
	return createRunExecutionData({
		executionData: {
			nodeExecutionStack: [{ node: first, data: { main: [toItems(rows)] }, source: null }],
			runtimeData: { version: 1, establishedAt, source: 'webhook' },
		},
	});
}

/** Creates an execution that started ten minutes ago and crashed: n8n has stored only its start. */
export function createCrashedExecution(
	workspace: Workspace,
	parameters: INode['parameters'],
	rows: IDataObject[] = [{}],
) {
	const workflow = sahutWorkflow(parameters);
	const start = createStartData(workflow.nodes[0]!, rows, now() - 10 * MINUTE_MS);
	const run = async (mode: 'manual' | 'retry') =>
		await workspace.run({}, [], {}, { ...workflow, mode, executionData: structuredClone(start) });
	return {
		/** Runs it to its end, without storing its progress. */
		run: async () => await run('manual'),
		/** Retries it from its stored start. Can be called several times. */
		retry: async () => await run('retry'),
	};
}

/** Makes all existing records older by some minutes. */
export function ageRecords({ sandbox: { store } }: Workspace, minutes: number): void {
	const earlier = (time: string) =>
		new Date(Date.parse(time) - minutes * MINUTE_MS).toISOString().replace('.000', '');
	const age = (record: { created_at: string }) => {
		record.created_at = earlier(record.created_at);
	};
	store.contacts.forEach(age);
	for (const conversation of store.conversations.values()) {
		age(conversation);
		conversation.updated_at = earlier(conversation.updated_at);
		store.messages(conversation.id).forEach(age);
	}
}
