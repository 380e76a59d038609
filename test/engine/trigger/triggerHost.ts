import { createHmac } from 'node:crypto';
import type { RequestListener, ServerResponse } from 'node:http';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import * as core from 'n8n-core';
import {
	sleep,
	Workflow,
	type IDataObject,
	type INode,
	type IWebhookData,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import type * as WebhookState from '../../../nodes/Sahut/trigger/webhookState';
import type { Sandbox } from '../../../sandbox';
import { getPackageNode, PACKAGE_FOLDER, prepareWorkflow } from '../../support/engine';
import { openServer } from '../../support/localServer';

const NODE_NAME = 'Sahut Trigger';
const TEST_PATH = '/webhook-test';

/** The time that n8n takes to store an execution before it responds. */
const START_MS = 15;

export interface Delivery {
	status: number;
	body: string;
}

/** The paused start of an execution. The test determines whether it succeeds. */
export interface PendingStart {
	/** Resolves when n8n would start the execution. */
	reached: Promise<void>;
	/** Resolves when the client has closed the connection. */
	disconnected: Promise<void>;
	succeed(): void;
	fail(): void;
}

type Account = Pick<Sandbox, 'apiKey' | 'url'>;

/** A fake of n8n's server for a workflow that starts with the Sahut Trigger. */
export interface TriggerHost {
	/** The origin of the webhook's address. A test may change it, as WEBHOOK_URL does. */
	origin: string;
	/** The credential of the node. A test may change it. */
	account: Account;
	/** Publishes the workflow as the editor does, or activates a published one as n8n does at its start. */
	publish(parameters?: INode['parameters']): Promise<void>;
	unpublish(): Promise<void>;
	/** Publishes the workflow with another trigger that fails. n8n undoes it before it stores anything. */
	publishExpectingError(parameters?: INode['parameters']): Promise<void>;
	/** Restarts n8n: only stored data remain. */
	restart(): Promise<void>;
	/** Listens for a test event, as the editor does: with another address, and without stored data. */
	listenForTest(parameters?: INode['parameters']): Promise<void>;
	/** The static data that n8n has stored for the trigger node. */
	stored: IDataObject;
	/** The output of the trigger in each started execution, oldest first. */
	executions: IDataObject[];
	/** The errors of executions that failed in the trigger, oldest first. */
	failures: Error[];
	/** The warnings that the trigger has logged. */
	warnings: string[];
	/** Makes the start of the next execution fail. */
	failNextStart(): void;
	/** Pauses the start of the next execution. */
	pauseNextStart(): PendingStart;
	/**
	 * Posts a body to the production webhook.
	 *
	 * @param signature null omits it; by default, the signature with the stored secret
	 */
	deliver(body: unknown, signature?: string | null, signal?: AbortSignal): Promise<Delivery>;
	/** Posts a body to the webhook of a test run for which n8n has no stored data. */
	deliverToTest(body: unknown, secret: unknown): Promise<Delivery>;
}

const toText = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body));

/** Returns the signature of a body, as Sahut computes it. */
export function sign(body: string, secret: unknown): string {
	return createHmac('sha256', String(secret)).update(body).digest('hex');
}

/**
 * Starts a fake of n8n's server around a trigger node, with the contexts of n8n-core. It behaves as
 * n8n 2.41: each request works on freshly read static data, a change is stored with the response, and
 * the start of an execution resets the flag that marks a change.
 */
export async function openTriggerHost(
	{ apiKey, url }: Account,
	{ workflowId = 'workflow' } = {},
): Promise<TriggerHost> {
	const trigger = await getPackageNode('sahutTrigger');
	let parameters: INode['parameters'] = {};
	let database: IDataObject = {};
	/** Determines whether the start of the next execution succeeds. By default, it succeeds. */
	let nextStart: ((response: ServerResponse) => Promise<boolean>) | undefined;
	const executions: IDataObject[] = [];
	const failures: Error[] = [];
	const warnings: string[] = [];
	const logger = { debug() {}, warn: (message: string) => warnings.push(message) };

	async function load(mode: WorkflowExecuteMode, stored = database) {
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
		const staticData = structuredClone(stored);
		const { apiKey, url: baseUrl } = host.account;
		const prepared = await prepareWorkflow({
			nodes: [node],
			connections: {},
			credentials: { sahutApi: { apiKey, baseUrl } },
			mode,
			staticData,
		});
		prepared.workflow.id = workflowId;
		Object.assign(prepared.additionalData, {
			webhookBaseUrl: `${host.origin}/webhook`,
			webhookTestBaseUrl: `${host.origin}/webhook-test`,
			instanceId: 'instance',
		});
		return { ...prepared, node: prepared.workflow.getNode(NODE_NAME)!, staticData };
	}

	async function post(to: string, body: unknown, header: string | null, signal?: AbortSignal) {
		const response = await fetch(`${host.origin}${to}`, {
			method: 'POST',
			body: toText(body),
			signal,
			headers: {
				'content-type': 'application/json',
				...(header !== null && { 'x-sahut-signature': header }),
			},
		});
		return { status: response.status, body: await response.text() };
	}

	function save({ staticData }: Workflow): void {
		if (staticData.__dataChanged !== true) return;
		database = structuredClone(JSON.parse(JSON.stringify(staticData)) as IDataObject);
	}

	async function callHook(
		name: 'checkExists' | 'create' | 'delete',
		{ isTest = false, stores = true } = {},
	): Promise<boolean> {
		const { workflow, node, additionalData } = await load('trigger', isTest ? {} : database);
		const webhookData = { webhookDescription: { name: 'default' }, isTest } as IWebhookData;
		const context = new core.HookContext(
			workflow,
			node,
			additionalData,
			'trigger',
			'update',
			webhookData,
		);
		Object.defineProperty(context, 'logger', { value: logger });
		const done = await trigger.webhookMethods!.default![name].call(context);
		if (stores) save(workflow);
		return done;
	}

	/** @returns whether n8n could start the execution. */
	async function start(response: ServerResponse): Promise<boolean> {
		const override = nextStart;
		nextStart = undefined;
		await sleep(START_MS);
		return override ? await override(response) : true;
	}

	const handleDelivery: RequestListener = async (incoming, response) => {
		const rawBody = await buffer(incoming);
		const isTest = incoming.url === TEST_PATH;
		const { workflow, node, additionalData, staticData } = isTest
			? await load('manual', {})
			: await load('webhook');
		Object.assign(additionalData, {
			httpRequest: Object.assign(incoming, { rawBody, body: {} }),
			httpResponse: response,
		});
		const context = new core.WebhookContext(
			workflow,
			node,
			additionalData,
			isTest ? 'manual' : 'webhook',
			{ webhookDescription: { name: 'default' }, isTest } as IWebhookData,
			[],
			null,
		);
		Object.defineProperty(context, 'logger', { value: logger });
		const result = await trigger.webhook!.call(context).catch((error: Error) => error);
		if (result instanceof Error) {
			failures.push(result);
			response.writeHead(500).end('{"code":0,"message":"Workflow could not be started!"}');
			return;
		}
		const { noWebhookResponse, workflowData } = result;
		if (noWebhookResponse) return;
		if (workflowData) {
			// n8n creates the execution's workflow with the same static data.
			new Workflow({ ...workflow, nodes: [node], connections: {}, active: true, staticData });
			if (!(await start(response))) {
				response.writeHead(500).end('{"code":0,"message":"There was a problem executing"}');
				return;
			}
			executions.push(...(workflowData[0] ?? []).map(({ json }) => json));
		}
		if (!isTest) save(workflow);
		response.end(JSON.stringify({ message: 'Workflow was started' }));
	};

	const host: TriggerHost = {
		origin: await openServer(
			(request, response) =>
				void Promise.resolve(handleDelivery(request, response)).catch((error: Error) =>
					response.writeHead(500).end(error.stack),
				),
		),
		account: { apiKey, url },
		executions,
		failures,
		warnings,
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
		async publishExpectingError(given = parameters) {
			parameters = given;
			if (!(await callHook('checkExists'))) await callHook('create', { stores: false });
			await callHook('delete');
		},
		async restart() {
			const file = path.join(PACKAGE_FOLDER, 'dist/nodes/Sahut/trigger/webhookState.js');
			const { webhookStates, deletedWebhooks } = (await import(file)) as typeof WebhookState;
			webhookStates.clear();
			deletedWebhooks.clear();
		},
		async listenForTest(given = parameters) {
			parameters = given;
			await callHook('create', { isTest: true, stores: false });
		},
		failNextStart() {
			nextStart = async () => false;
		},
		pauseNextStart() {
			let end: (succeeds: boolean) => void = () => undefined;
			const ended = new Promise<boolean>((resolve) => (end = resolve));
			const response = new Promise<ServerResponse>((resolve) => {
				nextStart = async (paused) => {
					resolve(paused);
					return await ended;
				};
			});
			return {
				reached: response.then(() => undefined),
				disconnected: response.then(
					async (paused) => await new Promise<void>((resolve) => paused.once('close', resolve)),
				),
				succeed: () => end(true),
				fail: () => end(false),
			};
		},
		async deliver(body, signature, signal) {
			const header = signature === undefined ? sign(toText(body), host.stored.secret) : signature;
			return await post('/webhook', body, header, signal);
		},
		async deliverToTest(body, secret) {
			return await post(TEST_PATH, body, sign(toText(body), secret));
		},
	};
	return host;
}
