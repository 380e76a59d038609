import { parse } from 'flatted';
import type {
	ExecutionStatus,
	INodeExecutionData,
	IRunExecutionData,
	WorkflowExecuteMode,
} from 'n8n-workflow';

import type { Session } from './session';
import { until } from './until';

/** An execution without its data. */
export interface ExecutionSummary {
	id: string;
	workflowId: string;
	status: ExecutionStatus;
	mode: WorkflowExecuteMode;
	/** The ID of the execution that this one is a retry of. */
	retryOf?: string | null;
}

/** An execution with its data. */
export interface Execution extends ExecutionSummary {
	data: IRunExecutionData;
}

interface ExecutionFilter {
	workflowId?: string;
	status?: ExecutionStatus[];
}

/** The maximum that n8n returns at once. */
const LIMIT = 100;
const UNFINISHED: ExecutionStatus[] = ['new', 'running', 'waiting'];

/**
 * Lists the latest executions, newest first, at most 100. Each ID occurs once.
 * @param filter by workflow and status
 */
export async function listExecutions(
	session: Session,
	filter: ExecutionFilter = {},
): Promise<ExecutionSummary[]> {
	const query = new URLSearchParams({ filter: JSON.stringify(filter), limit: String(LIMIT) });
	const path = `/executions?${query.toString()}`;
	const { results } = await session.request<{ results: ExecutionSummary[] }>('GET', path);
	// While an execution ends, n8n may list it twice: as a running one, and then as a stored one.
	return [...new Map(results.map((execution) => [execution.id, execution])).values()];
}

/** Fetches an execution with its data, which are empty until it begins. */
export async function getExecution(session: Session, id: string): Promise<Execution> {
	const stored = await session.request<ExecutionSummary & { data: string }>(
		'GET',
		`/executions/${id}`,
	);
	return { ...stored, data: parse(stored.data) as IRunExecutionData };
}

/** Waits until an execution ends, with any status. */
export async function waitForExecution(
	session: Session,
	id: string,
	timeoutMs = 60_000,
): Promise<Execution> {
	return await until(`execution ${id} to end`, timeoutMs, async () => {
		const execution = await getExecution(session, id);
		const { status, data } = execution;
		// n8n 1.x may report success before it stores the data.
		const isStored = status !== 'success' || data !== undefined;
		return UNFINISHED.includes(status) || !isStored ? undefined : execution;
	});
}

/** Stops an execution as *Stop* in the editor does. n8n responds after it stored the status `canceled`. */
export async function stopExecution(session: Session, id: string): Promise<void> {
	await session.request('POST', `/executions/${id}/stop`, {});
}

/**
 * Retries a failed execution as *Retry* in the editor does, with the original workflow.
 * @returns the new execution, after its end
 */
export async function retryExecution(session: Session, id: string): Promise<Execution> {
	const retry = await session.request<{ id: string }>('POST', `/executions/${id}/retry`, {
		loadWorkflow: false,
	});
	return await waitForExecution(session, retry.id);
}

/** Returns the items that a node output in its last run. An empty array if it did not run. */
export function outputItems(
	{ data }: { data: IRunExecutionData },
	node: string,
	output = 0,
): INodeExecutionData[] {
	return data.resultData.runData[node]?.at(-1)?.data?.['main']?.[output] ?? [];
}
