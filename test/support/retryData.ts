import {
	createRunExecutionData,
	type IDataObject,
	type INode,
	type IRunExecutionData,
} from 'n8n-workflow';

import { sahutWorkflow, toItems, type FinishedRun } from './engine';
import type { Workspace } from './workspace';

const MINUTE_MS = 60_000;

/** What the editor's *Retry* does with the stored data of a failed execution. */
export function dataForRetry({ run }: FinishedRun): IRunExecutionData {
	const data = structuredClone(JSON.parse(JSON.stringify(run.data))) as IRunExecutionData;
	const { lastNodeExecuted, runData } = data.resultData;
	delete data.resultData.error;
	if (runData[lastNodeExecuted!]?.at(-1)?.error) runData[lastNodeExecuted!]!.pop();
	return data;
}

/** The editor's *Retry* on a failed execution, the rows changed before it if so wished. */
export async function retry(
	workspace: Workspace,
	failed: FinishedRun,
	parameters: INode['parameters'],
	change: (rows: IDataObject[]) => void = () => {},
) {
	const executionData = dataForRetry(failed);
	const [items] = executionData.executionData!.nodeExecutionStack[0]!.data.main!;
	change(items!.map(({ json }) => json));
	return await workspace.run(parameters, [], {}, { mode: 'retry', executionData });
}

/** What n8n stores of an execution when it begins, and still has of it when its process has died. */
export function dataAtStart(
	first: INode,
	rows: IDataObject[],
	establishedAt = Date.now(),
): IRunExecutionData {
	return createRunExecutionData({
		executionData: {
			nodeExecutionStack: [{ node: first, data: { main: [toItems(rows)] }, source: null }],
			runtimeData: { version: 1, establishedAt, source: 'webhook' },
		},
	});
}

/** An execution that began ten minutes ago, and of which n8n has stored nothing but its start. */
export function crashedExecution(
	workspace: Workspace,
	parameters: INode['parameters'],
	rows: IDataObject[] = [{}],
) {
	const workflow = sahutWorkflow(parameters);
	const start = dataAtStart(workflow.nodes[0]!, rows, Date.now() - 10 * MINUTE_MS);
	const run = async (mode: 'manual' | 'retry') =>
		await workspace.run({}, [], {}, { ...workflow, mode, executionData: structuredClone(start) });
	return {
		/** What it did before it died. */
		run: async () => await run('manual'),
		/** *Retry*, which can be pressed several times. */
		retry: async () => await run('retry'),
	};
}

/** Makes all that is stored so far this many minutes older. */
export function ageRecords({ sandbox: { store } }: Workspace, minutes: number): void {
	const before = (time: string) =>
		new Date(Date.parse(time) - minutes * MINUTE_MS).toISOString().replace('.000', '');
	const age = (record: { created_at: string }) => {
		record.created_at = before(record.created_at);
	};
	store.contacts.forEach(age);
	for (const conversation of store.conversations.values()) {
		age(conversation);
		conversation.updated_at = before(conversation.updated_at);
		store.messages(conversation.id).forEach(age);
	}
}
