import type { RequestListener, ServerResponse } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import * as core from 'n8n-core';
import {
	sleep,
	type INode,
	type IRunExecutionData,
	type IWebhookData,
	type IWebhookResponseData,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import {
	getPackageNode,
	prepareWorkflow,
	runWorkflow,
	type FinishedRun,
	type WorkflowToRun,
} from '../../support/engine';
import { openServer } from '../../support/localServer';

/** The time that n8n takes to resume an execution. */
const RESUME_MS = 50;

/** A response to a person's browser. */
export interface Page {
	status: number;
	headers: Headers;
	html: string;
}

/** A fake n8n server for executions that wait in the Sahut node. It does not check signatures. */
export interface WaitingHost {
	/** The address of the server, which the links contain. */
	origin: string;
	/** Runs the workflow until it waits or ends, as an execution with this ID. */
	start(executionId?: string, executionData?: IRunExecutionData): Promise<FinishedRun>;
	/** The result of the latest run. */
	latest(): FinishedRun;
	/** Sends a request to a link. With a decision, it is the submitted form. */
	open(link: string, decision?: string): Promise<Page>;
	/** Ends the wait, as n8n does after the time limit. */
	expire(): Promise<FinishedRun>;
	/** Makes n8n fail to resume the execution after the next decision. */
	failNextResume(): void;
	/** The errors that the node has logged. */
	errors: string[];
}

/** Starts a fake n8n server. Like n8n, it reads the stored execution for each request. */
export async function openWaitingHost(
	toRun: Omit<WorkflowToRun, 'executionData'>,
	nodeName = 'Sahut',
): Promise<WaitingHost> {
	const type = await getPackageNode('sahut');
	const errors: string[] = [];
	let latest: FinishedRun | undefined;
	let executionId = '1';
	let failsToResume = false;

	const load = () =>
		structuredClone(JSON.parse(JSON.stringify(latest!.run.data))) as IRunExecutionData;

	async function start(id = '1', executionData?: IRunExecutionData): Promise<FinishedRun> {
		executionId = id;
		const mode: WorkflowExecuteMode = executionData ? 'retry' : (toRun.mode ?? 'manual');
		latest = await runWorkflow({ ...toRun, mode, executionId, origin: host.origin, executionData });
		return latest;
	}

	async function resume(data: IRunExecutionData): Promise<FinishedRun> {
		latest = await runWorkflow({ ...toRun, executionId, origin: host.origin, executionData: data });
		return latest;
	}

	async function callWebhook(
		request: Parameters<RequestListener>[0],
		response: ServerResponse,
	): Promise<{ data: IRunExecutionData; result: IWebhookResponseData }> {
		const data = load();
		const { workflow, additionalData, mode } = await prepareWorkflow({
			...toRun,
			executionId,
			origin: host.origin,
		});
		const node = workflow.getNode(nodeName)!;
		const stacked = data.executionData!.nodeExecutionStack[0]!;
		(stacked.node as INode).disabled = true;
		delete data.waitTill;
		data.resultData.runData[nodeName]!.pop();
		const { searchParams } = new URL(request.url!, host.origin);
		const body = Object.fromEntries(new URLSearchParams(await readText(request)));
		const httpRequest = Object.assign(request, { body, query: Object.fromEntries(searchParams) });
		Object.assign(additionalData, { httpRequest, httpResponse: response });
		const webhookData = { webhookDescription: { name: 'default' } } as IWebhookData;
		const context = new core.WebhookContext(
			workflow,
			node,
			additionalData,
			mode,
			webhookData,
			[],
			data,
		);
		Object.defineProperty(context, 'logger', {
			value: { error: (message: string) => errors.push(message) },
		});
		return { data, result: await type.webhook!.call(context) };
	}

	const handle: RequestListener = async (request, response) => {
		const { data, result } = await callWebhook(request, response);
		if (result.noWebhookResponse) return;
		if (failsToResume) {
			failsToResume = false;
			response.writeHead(500).end('{"message":"There was a problem executing the workflow"}');
			return;
		}
		// Later requests that arrive until then still read the waiting execution.
		await sleep(RESUME_MS);
		const stacked = data.executionData!.nodeExecutionStack[0]!;
		stacked.data.main = result.workflowData!;
		stacked.metadata = { ...stacked.metadata, forwardAllOutputs: true };
		await resume(data);
		response.end(result.webhookResponse);
	};

	const host: WaitingHost = {
		origin: await openServer(
			(request, response) =>
				void Promise.resolve(handle(request, response)).catch((error: Error) =>
					response.writeHead(500).end(error.stack),
				),
		),
		errors,
		start,
		latest: () => latest!,
		async open(link, decision) {
			const body = decision === undefined ? undefined : new URLSearchParams({ decision });
			const response = await fetch(link, { method: body ? 'POST' : 'GET', body });
			return { status: response.status, headers: response.headers, html: await response.text() };
		},
		expire: async () => await resume(load()),
		failNextResume() {
			failsToResume = true;
		},
	};
	return host;
}
