import { createHmac } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { buffer } from 'node:stream/consumers';
import * as core from 'n8n-core';
import {
	sleep,
	Workflow,
	type IDataObject,
	type INode,
	type INodeType,
	type IWebhookData,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import type { Sandbox } from '../../sandbox';
import { loadPackage, prepare } from './engine';
import { openServer } from './localServer';

const NODE_NAME = 'Sahut Trigger';

/** How long n8n takes to check and to store an execution before it answers. */
const START_MS = 15;

export interface Delivery {
	status: number;
	body: string;
}

/** What n8n's server does for a workflow that begins with our trigger. */
export interface TriggerHost {
	/** The address that deliveries go to; a test may change it, as WEBHOOK_URL does. */
	origin: string;
	/** Publishes the workflow as the editor does, or finds it published, as n8n does when it starts. */
	publish(parameters?: INode['parameters']): Promise<void>;
	unpublish(): Promise<void>;
	/** What n8n has in its database for the trigger node. */
	stored: IDataObject;
	/** The output of the trigger in each execution that was started, oldest first. */
	executions: IDataObject[];
	/** Makes the next execution one that n8n cannot start. */
	failNextStart(): void;
	/** Posts a body, signed with the stored secret unless a signature is given; null leaves it out. */
	deliver(body: unknown, signature?: string | null): Promise<Delivery>;
}

export function sign(body: string, secret: unknown): string {
	return createHmac('sha256', String(secret)).update(body).digest('hex');
}

/**
 * A stand-in for the part of n8n's server around a trigger node, with n8n-core's own contexts. It
 * follows what n8n 2.41 does: each request works on data that were just read, a change is stored
 * together with the answer, and the start of an execution makes n8n forget that there was a change.
 */
export async function openTriggerHost({
	apiKey,
	url,
}: Pick<Sandbox, 'apiKey' | 'url'>): Promise<TriggerHost> {
	const credentials = { sahutApi: { apiKey, baseUrl: url } };
	const loader = await loadPackage();
	const trigger = loader.getNode('sahutTrigger').type as INodeType;
	let parameters: INode['parameters'] = {};
	let database: IDataObject = {};
	let startsFail = false;
	const executions: IDataObject[] = [];

	async function load(mode: WorkflowExecuteMode) {
		const node: INode = {
			id: 'trigger',
			name: NODE_NAME,
			type: 'n8n-nodes-sahut.sahutTrigger',
			typeVersion: 1,
			position: [0, 0],
			webhookId: 'd1c1e1f0-0000-4000-8000-000000000001',
			parameters,
			credentials: { sahutApi: { id: '1', name: 'Sahut' } },
		};
		const staticData = structuredClone(database);
		const prepared = await prepare({
			nodes: [node],
			connections: {},
			credentials,
			mode,
			staticData,
		});
		Object.assign(prepared.additionalData, {
			webhookBaseUrl: `${host.origin}/webhook`,
			webhookTestBaseUrl: `${host.origin}/webhook-test`,
			instanceId: 'instance',
		});
		return { ...prepared, node: prepared.workflow.getNode(NODE_NAME)!, staticData };
	}

	function save({ staticData }: Workflow): void {
		if (staticData.__dataChanged !== true) return;
		database = structuredClone(JSON.parse(JSON.stringify(staticData)) as IDataObject);
	}

	async function callHook(name: 'checkExists' | 'create' | 'delete'): Promise<boolean> {
		const { workflow, node, additionalData } = await load('trigger');
		const webhookData = { webhookDescription: { name: 'default' } } as IWebhookData;
		const context = new core.HookContext(
			workflow,
			node,
			additionalData,
			'trigger',
			'update',
			webhookData,
		);
		const done = await trigger.webhookMethods!.default![name].call(context);
		save(workflow);
		return done;
	}

	const take: RequestListener = async (incoming, response) => {
		const rawBody = await buffer(incoming);
		const { workflow, node, additionalData, staticData } = await load('webhook');
		Object.assign(additionalData, {
			httpRequest: Object.assign(incoming, { rawBody, body: {} }),
			httpResponse: response,
		});
		const context = new core.WebhookContext(
			workflow,
			node,
			additionalData,
			'webhook',
			{ webhookDescription: { name: 'default' } } as IWebhookData,
			[],
			null,
		);
		const { noWebhookResponse, workflowData } = await trigger.webhook!.call(context);
		if (noWebhookResponse) return;
		if (workflowData) {
			// n8n builds the execution's workflow over the same object.
			new Workflow({ ...workflow, nodes: [node], connections: {}, active: true, staticData });
			await sleep(START_MS);
			if (startsFail) {
				startsFail = false;
				response.writeHead(500).end('{"code":0,"message":"There was a problem executing"}');
				return;
			}
			executions.push(...(workflowData[0] ?? []).map(({ json }) => json));
		}
		save(workflow);
		response.end(JSON.stringify({ message: 'Workflow was started' }));
	};

	const host: TriggerHost = {
		origin: await openServer(
			(request, response) =>
				void Promise.resolve(take(request, response)).catch((error: Error) =>
					response.writeHead(500).end(error.stack),
				),
		),
		executions,
		get stored() {
			return (database[`node:${NODE_NAME}`] ?? {}) as IDataObject;
		},
		set stored(data) {
			database = { [`node:${NODE_NAME}`]: data };
		},
		async publish(given = parameters) {
			parameters = given;
			if (!(await callHook('checkExists'))) await callHook('create');
		},
		async unpublish() {
			await callHook('delete');
		},
		failNextStart() {
			startsFail = true;
		},
		async deliver(body, signature) {
			const text = typeof body === 'string' ? body : JSON.stringify(body);
			const header = signature === undefined ? sign(text, host.stored.secret) : signature;
			const response = await fetch(`${host.origin}/webhook`, {
				method: 'POST',
				body: text,
				headers: {
					'content-type': 'application/json',
					...(header !== null && { 'x-sahut-signature': header }),
				},
			});
			return { status: response.status, body: await response.text() };
		},
	};
	return host;
}
