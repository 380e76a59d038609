import type { IConnections, INode, IWorkflowSettings } from 'n8n-workflow';

import { majorOf } from './releases';
import type { Session } from './session';
import { until } from './until';

export interface WorkflowContent {
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
}

export interface StoredWorkflow extends WorkflowContent {
	id: string;
	/** Changes with each change of the workflow. */
	versionId: string;
	active: boolean;
}

/** Where a run by hand goes: it has begun, or a test webhook waits for a call. */
type ManualRun = { executionId: string } | { waitingForWebhook: true };

/** What became of a published workflow: `partial` when some of its triggers could not be activated. */
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

/** What is published stays as it was until it is published again. */
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
	// n8n 1.x has activated all triggers when it answers.
	if (majorOf(n8n.version) === 1) return undefined;
	return await until(`workflow ${id} to be ${wanted[0]}`, PUBLICATION_TIMEOUT_MS, async () => {
		const path = `/workflows/${id}/publication-status`;
		const { status } = await request<{ status: PublicationStatus }>('GET', path);
		return wanted.includes(status) ? status : undefined;
	});
}

/** Waits until the triggers of a published workflow are at work, after publishing or a restart. */
export async function waitUntilPublished(session: Session, id: string): Promise<void> {
	const status = await waitForStatus(session, id, 'published', 'partial', 'failed');
	if (status !== undefined && status !== 'published') {
		throw new Error(`n8n could not activate all triggers of workflow ${id}: ${status}.`);
	}
}

/** Publishes the workflow as it is stored now, and waits until its triggers are at work. */
export async function activateWorkflow(session: Session, id: string): Promise<void> {
	const { versionId } = await getWorkflow(session, id);
	await session.request('POST', `/workflows/${id}/activate`, { versionId });
	await waitUntilPublished(session, id);
}

/** Takes it back, and waits until its triggers are gone. */
export async function deactivateWorkflow(session: Session, id: string): Promise<void> {
	await session.request('POST', `/workflows/${id}/deactivate`, {});
	await waitForStatus(session, id, 'not_published');
}

/** What *Execute workflow* does in the editor, from a trigger, given by its name. */
export async function runWorkflow(
	session: Session,
	id: string,
	trigger: string,
): Promise<ManualRun> {
	const run = { triggerToStartFrom: { name: trigger } };
	// n8n 1.x wants to be told the workflow, later ones read it from the database.
	const workflowData = majorOf(session.n8n.version) === 1 && (await getWorkflow(session, id));
	const body = { ...run, ...(workflowData && { workflowData }) };
	return await session.request('POST', `/workflows/${id}/run`, body);
}

/** The same, of a workflow that waits for no webhook. @returns the ID of the execution */
export async function startWorkflow(
	session: Session,
	{ id, name }: Pick<StoredWorkflow, 'id' | 'name'>,
	trigger: string,
): Promise<string> {
	const run = await runWorkflow(session, id, trigger);
	if ('executionId' in run) return run.executionId;
	throw new Error(`${name} waits for a webhook.`);
}
