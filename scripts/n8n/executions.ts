import { parse } from 'flatted';
import type {
	ExecutionStatus,
	INodeExecutionData,
	IRunExecutionData,
	WorkflowExecuteMode,
} from 'n8n-workflow';

import type { Session } from './session';
import { until } from './until';

export interface ExecutionSummary {
	id: string;
	workflowId: string;
	status: ExecutionStatus;
	mode: WorkflowExecuteMode;
	/** The ID of the execution that this one is a retry of. */
	retryOf?: string | null;
}

export interface Execution extends ExecutionSummary {
	data: IRunExecutionData;
}

interface ExecutionFilter {
	workflowId?: string;
	status?: ExecutionStatus[];
}

/** As many as n8n gives at once. */
const LIMIT = 100;
const UNFINISHED: ExecutionStatus[] = ['new', 'running', 'waiting'];

/** The latest executions, newest first. */
export async function listExecutions(
	session: Session,
	filter: ExecutionFilter = {},
): Promise<ExecutionSummary[]> {
	const query = new URLSearchParams({ filter: JSON.stringify(filter), limit: String(LIMIT) });
	const path = `/executions?${query.toString()}`;
	return (await session.request<{ results: ExecutionSummary[] }>('GET', path)).results;
}

/** One execution with its data, which are empty as long as it has not begun. */
export async function getExecution(session: Session, id: string): Promise<Execution> {
	const stored = await session.request<ExecutionSummary & { data: string }>(
		'GET',
		`/executions/${id}`,
	);
	return { ...stored, data: parse(stored.data) as IRunExecutionData };
}

/** Waits for the end of an execution, whatever it is. */
export async function waitForExecution(
	session: Session,
	id: string,
	timeoutMs = 60_000,
): Promise<Execution> {
	return await until(`execution ${id} to end`, timeoutMs, async () => {
		const execution = await getExecution(session, id);
		const { status, data } = execution;
		// n8n 1.x may call it a success before its data are stored.
		const isStored = status !== 'success' || data !== undefined;
		return UNFINISHED.includes(status) || !isStored ? undefined : execution;
	});
}

/** What *Stop* does in the editor. n8n answers when it has stored the status `canceled`. */
export async function stopExecution(session: Session, id: string): Promise<void> {
	await session.request('POST', `/executions/${id}/stop`, {});
}

/**
 * The editor's *Retry* of a failed execution, with the workflow as it was then.
 * @returns the new execution, when it has ended
 */
export async function retryExecution(session: Session, id: string): Promise<Execution> {
	const retry = await session.request<{ id: string }>('POST', `/executions/${id}/retry`, {
		loadWorkflow: false,
	});
	return await waitForExecution(session, retry.id);
}

/** The items that a node put out in its last run; none if it did not run. */
export function outputItems(
	{ data }: { data: IRunExecutionData },
	node: string,
	output = 0,
): INodeExecutionData[] {
	return data.resultData.runData[node]?.at(-1)?.data?.['main']?.[output] ?? [];
}
