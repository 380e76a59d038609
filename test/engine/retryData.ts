import {
	createRunExecutionData,
	type IDataObject,
	type INode,
	type IRunExecutionData,
} from 'n8n-workflow';

import { toItems, type FinishedRun } from './engine';

/** What the editor's *Retry* does with the stored data of a failed execution. */
export function dataForRetry({ run }: FinishedRun): IRunExecutionData {
	const data = structuredClone(JSON.parse(JSON.stringify(run.data))) as IRunExecutionData;
	const { lastNodeExecuted, runData } = data.resultData;
	delete data.resultData.error;
	if (runData[lastNodeExecuted!]?.at(-1)?.error) runData[lastNodeExecuted!]!.pop();
	return data;
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
