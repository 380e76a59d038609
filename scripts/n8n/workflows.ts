import type { IConnections, INode, IWorkflowSettings } from 'n8n-workflow';

import { majorOf } from './releases';
import type { Session } from './session';
import { until } from './until';

/** A workflow without the properties that n8n adds. */
export interface WorkflowContent {
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
}

/** A workflow as n8n returns it. */
export interface StoredWorkflow extends WorkflowContent {
	id: string;
	/** Changes with each change of the workflow. */
	versionId: string;
	active: boolean;
}

/** The result of starting a manual run: an execution, or a test webhook that waits for a call. */
type ManualRun = { executionId: string } | { waitingForWebhook: true };

/** The publication status of a workflow. `partial`: n8n could not activate some of its triggers. */
type PublicationStatus = 'failed' | 'in_progress' | 'not_published' | 'partial' | 'published';

const PUBLICATION_TIMEOUT_MS = 60_000;

export async function listWorkflows(
	session: Session,
): Promise<Array<Pick<StoredWorkflow, 'active' | 'id' | 'name'>>> {
	return await session.request('GET', '/workflows');
}

export async function getWorkflow(session: Session, id: string): Promise<StoredWorkflow> {
	return await session.request('GET', `/workflows/${id}`);
}

export async function createWorkflow(
	session: Session,
	workflow: WorkflowContent,
): Promise<StoredWorkflow> {
	// n8n 1.x has no default for it.
	return await session.request('POST', '/workflows', { active: false, ...workflow });
}

/** Updates a workflow. The published version does not change until the workflow is published again. */
export async function updateWorkflow(
	session: Session,
	id: string,
	changes: Partial<WorkflowContent>,
): Promise<StoredWorkflow> {
	return await session.request('PATCH', `/workflows/${id}`, changes);
}

async function waitForStatus(
	{ n8n, request }: Session,
	id: string,
	...wanted: PublicationStatus[]
): Promise<PublicationStatus | undefined> {
	// n8n 1.x activates all triggers before it responds.
	if (majorOf(n8n.version) === 1) return undefined;
	return await until(`workflow ${id} to be ${wanted[0]}`, PUBLICATION_TIMEOUT_MS, async () => {
		const path = `/workflows/${id}/publication-status`;
		const { status } = await request<{ status: PublicationStatus }>('GET', path);
		return wanted.includes(status) ? status : undefined;
	});
}

/**
 * Waits until the triggers of a published workflow are active, after publishing or a restart.
 * @throws {Error} when n8n could not activate all of them.
 */
export async function waitUntilPublished(session: Session, id: string): Promise<void> {
	const status = await waitForStatus(session, id, 'published', 'partial', 'failed');
	if (status !== undefined && status !== 'published') {
		throw new Error(`n8n could not activate all triggers of workflow ${id}: ${status}.`);
	}
}

/** Publishes the stored version of a workflow, and waits until its triggers are active. */
export async function activateWorkflow(session: Session, id: string): Promise<void> {
	const { versionId } = await getWorkflow(session, id);
	await session.request('POST', `/workflows/${id}/activate`, { versionId });
	await waitUntilPublished(session, id);
}

/** Unpublishes a workflow, and waits until its triggers are deactivated. */
export async function deactivateWorkflow(session: Session, id: string): Promise<void> {
	await session.request('POST', `/workflows/${id}/deactivate`, {});
	await waitForStatus(session, id, 'not_published');
}

/**
 * Runs a workflow as *Execute workflow* in the editor does.
 * @param trigger the name of the trigger node to start from
 */
export async function runWorkflow(
	session: Session,
	id: string,
	trigger: string,
): Promise<ManualRun> {
	const run = { triggerToStartFrom: { name: trigger } };
	// n8n 1.x needs the workflow in the request; later versions read it from the database.
	const workflowData = majorOf(session.n8n.version) === 1 && (await getWorkflow(session, id));
	const body = { ...run, ...(workflowData && { workflowData }) };
	return await session.request('POST', `/workflows/${id}/run`, body);
}

/**
 * Runs a workflow that does not wait for a webhook.
 * @returns the ID of the execution
 * @throws {Error} when the workflow waits for a webhook.
 */
export async function startWorkflow(
	session: Session,
	{ id, name }: Pick<StoredWorkflow, 'id' | 'name'>,
	trigger: string,
): Promise<string> {
	const run = await runWorkflow(session, id, trigger);
	if ('executionId' in run) return run.executionId;
	throw new Error(`${name} waits for a webhook call. Use runWorkflow instead.`);
}
