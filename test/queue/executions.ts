import { readFileSync } from 'node:fs';
import type { ExecutionStatus } from 'n8n-workflow';

import { listExecutions, until, type Service, type Session } from '../../scripts/n8n';

const UNFINISHED: ExecutionStatus[] = ['new', 'running', 'waiting'];
const IDLE_TIMEOUT_MS = 180_000;

/** Returns the number of executions of a workflow. @param status only those with one of these */
export async function countExecutions(
	session: Session,
	workflowId: string,
	status?: ExecutionStatus[],
): Promise<number> {
	const filter = JSON.stringify({ workflowId, ...(status && { status }) });
	const query = new URLSearchParams({ filter, limit: '1' });
	const path = `/executions?${query.toString()}`;
	return (await session.request<{ count: number }>('GET', path)).count;
}

/** Waits until no execution of a workflow is queued or running. */
export async function waitUntilIdle(session: Session, workflowId: string): Promise<void> {
	await until('the queue to be empty', IDLE_TIMEOUT_MS, async () => {
		const unfinished = await listExecutions(session, { workflowId, status: UNFINISHED });
		return unfinished.length === 0 ? true : undefined;
	});
}

/** Returns the IDs of all executions in the log of a worker. */
export function executionsStartedBy(worker: Service): string[] {
	const log = readFileSync(worker.logFile, 'utf8');
	return Array.from(log.matchAll(/Worker started execution (\d+)/g), ([, id = '']) => id);
}
