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
import { packageNode, PACKAGE_FOLDER, prepare } from '../../support/engine';
import { openServer } from '../../support/localServer';

const NODE_NAME = 'Sahut Trigger';
const TEST_PATH = '/webhook-test';

/** How long n8n takes to check and to store an execution before it answers. */
const START_MS = 15;

export interface Delivery {
	status: number;
	body: string;
}

/** An execution that n8n is about to start, and does not until the test says how that ends. */
export interface PendingStart {
	/** Resolves when n8n has come so far. */
	reached: Promise<void>;
	/** Resolves when whoever delivers has hung up. */
	disconnected: Promise<void>;
	succeed(): void;
	fail(): void;
}

type Account = Pick<Sandbox, 'apiKey' | 'url'>;

/** What n8n's server does for a workflow that begins with our trigger. */
export interface TriggerHost {
	/** The address that deliveries go to; a test may change it, as WEBHOOK_URL does. */
	origin: string;
	/** What the credential of the node holds; a test may change it. */
	account: Account;
	/** Publishes the workflow as the editor does, or finds it published, as n8n does when it starts. */
	publish(parameters?: INode['parameters']): Promise<void>;
	unpublish(): Promise<void>;
	/** Publishes it beside a trigger that cannot be: n8n takes all back before it has stored a thing. */
	publishExpectingError(parameters?: INode['parameters']): Promise<void>;
	/** As after a restart of n8n: what is not stored is gone. */
	restart(): Promise<void>;
	/** Listens for a test event, as the editor does: with another address, and without stored data. */
	listenForTest(parameters?: INode['parameters']): Promise<void>;
	/** What n8n has in its database for the trigger node. */
	stored: IDataObject;
	/** The output of the trigger in each execution that was started, oldest first. */
	executions: IDataObject[];
	/** What the executions show that failed in the trigger, oldest first. */
	failures: Error[];
	/** What the trigger has written into n8n's log. */
	warnings: string[];
	/** Makes the next execution one that n8n cannot start. */
	failNextStart(): void;
	/** Makes n8n take its time for the next execution. */
	pauseNextStart(): PendingStart;
	/** Posts a body, signed with the stored secret unless a signature is given; null leaves it out. */
	deliver(body: unknown, signature?: string | null, signal?: AbortSignal): Promise<Delivery>;
	/** Posts a body to the address of a test run of which n8n knows nothing yet. */
	deliverToTest(body: unknown, secret: unknown): Promise<Delivery>;
}

const toText = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body));

export function sign(body: string, secret: unknown): string {
	return createHmac('sha256', String(secret)).update(body).digest('hex');
}

/**
 * A stand-in for the part of n8n's server around a trigger node, with n8n-core's own contexts. It
 * follows what n8n 2.41 does: each request works on data that were just read, a change is stored
 * together with the answer, and the start of an execution makes n8n forget that there was a change.
 */
export async function openTriggerHost(
	{ apiKey, url }: Account,
	{ workflowId = 'workflow' } = {},
): Promise<TriggerHost> {
	const trigger = await packageNode('sahutTrigger');
	let parameters: INode['parameters'] = {};
	let database: IDataObject = {};
	/** How the start of the next execution ends, if not well. */
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
		const prepared = await prepare({
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
		const how = nextStart;
		nextStart = undefined;
		await sleep(START_MS);
		return how ? await how(response) : true;
	}

	const take: RequestListener = async (incoming, response) => {
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
			// n8n builds the execution's workflow over the same object.
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
				void Promise.resolve(take(request, response)).catch((error: Error) =>
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
				nextStart = async (held) => {
					resolve(held);
					return await ended;
				};
			});
			return {
				reached: response.then(() => undefined),
				disconnected: response.then(
					async (held) => await new Promise<void>((resolve) => held.once('close', resolve)),
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
