import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

// n8n-core reads its settings when it is loaded, so they come before the first import of it.
const userFolder = mkdtempSync(path.join(tmpdir(), 'n8n-engine-'));
Object.assign(process.env, {
	NODE_ENV: 'test',
	N8N_USER_FOLDER: userFolder,
	N8N_ENCRYPTION_KEY: 'test',
	N8N_LOG_LEVEL: 'silent',
});
for (const name of Object.keys(process.env)) {
	if (/_proxy$/i.test(name)) delete process.env[name];
}
process.once('exit', () => rmSync(userFolder, { recursive: true, force: true }));

import * as core from 'n8n-core';
import { makeHandleToolInvocation } from 'n8n-core/dist/execution-engine/node-execution-context/utils/get-input-connection-data';
import {
	createRunExecutionData,
	ICredentialsHelper,
	NodeHelpers,
	Workflow,
	type IConnections,
	type ICredentialDataDecryptedObject,
	type ICredentialType,
	type IDataObject,
	type IHttpRequestOptions,
	type INode,
	type INodeExecutionData,
	type INodeListSearchResult,
	type INodePropertyOptions,
	type INodeType,
	type INodeTypes,
	type IRun,
	type IRunExecutionData,
	type ITaskData,
	type IVersionedNodeType,
	type IWorkflowExecuteAdditionalData,
	type Logger,
	type WorkflowExecuteMode,
} from 'n8n-workflow';

import type { TransportSettings } from '../../nodes/Sahut/transport/settings';
import { injectedTransport } from './injectedTransport';

export const PACKAGE_FOLDER = path.resolve(__dirname, '../..');

/** Credential type → its data. */
export type Credentials = Record<string, ICredentialDataDecryptedObject>;

const manualTrigger: INodeType = {
	description: {
		displayName: 'Manual Trigger',
		name: 'manualTrigger',
		group: ['trigger'],
		version: 1,
		description: 'Passes on the items that the test starts with',
		defaults: { name: 'Manual Trigger' },
		inputs: [],
		outputs: ['main'],
		properties: [],
	},
	async execute() {
		return [this.getInputData()];
	},
};

/** A module of the built nodes, the one that they use themselves. */
export async function fromDist<Module>(name: string): Promise<Module> {
	return (await import(`${PACKAGE_FOLDER}/dist/nodes/Sahut/${name}.js`)) as Module;
}

let loading: Promise<core.PackageDirectoryLoader> | undefined;

/** The built package, loaded as n8n loads a package from a folder. Needs `npm run build`. */
export async function loadPackage(): Promise<core.PackageDirectoryLoader> {
	loading ??= (async () => {
		const loader = new core.PackageDirectoryLoader(PACKAGE_FOLDER);
		await loader.loadAll();
		return loader;
	})();
	return await loading;
}

/** What the editor shows as the output of the Sahut node before it has been run: a JSON schema. */
export function outputPreview(
	resource: string,
	operation: string,
): Record<string, unknown> | undefined {
	return core.loadOutputSchema({
		nodeDir: path.join(PACKAGE_FOLDER, 'dist/nodes/Sahut'),
		version: 1,
		resource,
		operation,
	});
}

function createNode(loader: core.PackageDirectoryLoader, name: string): INodeType {
	const type = loader.getNode(name).type as INodeType;
	const { settings } = injectedTransport;
	if (!settings) return type;
	const { constructor } = type as object as {
		constructor: new (settings: TransportSettings) => INodeType;
	};
	// The loader has completed the description, e.g. with the URLs of icons.
	return Object.assign(new constructor(settings), { description: type.description });
}

/** Returns a node of the built package: `sahut` or `sahutTrigger`. */
export async function packageNode(name: string): Promise<INodeType> {
	return createNode(await loadPackage(), name);
}

function nodeTypesOf(
	loader: core.PackageDirectoryLoader,
	more: Record<string, INodeType>,
): INodeTypes {
	const byName = (type: string): INodeType | IVersionedNodeType => {
		const builtIn = { 'n8n-nodes-base.manualTrigger': manualTrigger, ...more }[type];
		if (builtIn) return builtIn;
		const dot = type.lastIndexOf('.');
		if (type.slice(0, dot) !== loader.packageName) throw new Error(`unknown node type ${type}`);
		return createNode(loader, type.slice(dot + 1));
	};
	return {
		getByName: byName,
		getByNameAndVersion: (type, version) => NodeHelpers.getVersionedNodeType(byName(type), version),
		getKnownTypes: () => loader.known.nodes,
	};
}

/** Hands out the credentials of a test and signs requests as n8n's own CredentialsHelper does. */
class TestCredentials extends ICredentialsHelper {
	/** How often a credential was decrypted. */
	decrypted = 0;

	constructor(
		private readonly loader: core.PackageDirectoryLoader,
		private readonly store: Credentials,
	) {
		super();
	}

	private type(name: string): ICredentialType {
		return this.loader.getCredential(name).type;
	}

	getParentTypes(name: string) {
		return this.type(name).extends ?? [];
	}

	isCredentialUsableByNode() {
		return true;
	}

	getCredentialsProperties(name: string) {
		return this.type(name).properties;
	}

	async getDecrypted(_additionalData: unknown, _details: unknown, name: string) {
		const data = this.store[name];
		if (!data) throw new Error(`the test has no credential ${name}`);
		this.decrypted += 1;
		const defaults = this.type(name).properties.map((property) => [
			property.name,
			property.default,
		]);
		return { ...Object.fromEntries(defaults), ...data } as ICredentialDataDecryptedObject;
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		name: string,
		request: IHttpRequestOptions,
	) {
		const { authenticate } = this.type(name);
		if (typeof authenticate !== 'function') throw new Error(`${name} signs no requests`);
		return await authenticate(credentials, request);
	}

	async preAuthentication() {
		return undefined;
	}

	async runPreAuthentication() {
		return undefined;
	}

	async getCredentials(): Promise<never> {
		throw new Error('not used in tests');
	}

	async updateCredentials() {}

	async updateCredentialsOauthTokenData() {}
}

export interface WorkflowToRun {
	nodes: INode[];
	connections: IConnections;
	/** What the first node starts with. Default: one empty item. */
	items?: INodeExecutionData[];
	credentials?: Credentials;
	/** Further node types, or other ones in place of the package's, by full name. */
	nodeTypes?: Record<string, INodeType>;
	/** Cancels the execution when it settles. */
	cancelWhen?: Promise<unknown>;
	/** Goes on with the data of an earlier execution instead of starting anew. */
	executionData?: IRunExecutionData;
	mode?: WorkflowExecuteMode;
	/** What n8n has stored for the nodes of the workflow. */
	staticData?: IDataObject;
}

export interface FinishedRun {
	run: IRun;
	/** `success`, `error` or `canceled`: a failing node does not reject. */
	status: IRun['status'];
	error: IRun['data']['resultData']['error'];
	/** All runs of a node, oldest first: one each time that it was executed. */
	runs(node: string): ITaskData[];
	/** The items of an output of a node's last run; output 1 is the error output, where there is one. */
	output(node: string, index?: number): INodeExecutionData[];
	/** How often a credential was decrypted. */
	credentialsDecrypted: number;
}

/** The workflow and what n8n's server would lend it: credentials, hooks, addresses. */
export async function prepare({
	nodes,
	connections,
	credentials = {},
	nodeTypes = {},
	mode = 'manual',
	staticData,
}: WorkflowToRun) {
	const loader = await loadPackage();
	const workflow = new Workflow({
		id: 'workflow',
		name: 'workflow',
		nodes,
		connections,
		active: false,
		nodeTypes: nodeTypesOf(loader, nodeTypes),
		settings: { executionOrder: 'v1', timezone: 'Asia/Jakarta' },
		staticData,
	});
	const url = 'http://localhost:5678';
	const credentialsHelper = new TestCredentials(loader, credentials);
	const additionalData = {
		credentialsHelper,
		hooks: new core.ExecutionLifecycleHooks(mode, 'execution', {
			id: 'workflow',
			name: 'workflow',
			nodes,
			connections,
		} as unknown as ConstructorParameters<typeof core.ExecutionLifecycleHooks>[2]),
		currentNodeExecutionIndex: 0,
		executionId: 'execution',
		variables: {},
		restApiUrl: url,
		instanceBaseUrl: `${url}/`,
		formWaitingBaseUrl: `${url}/form-waiting`,
		webhookWaitingBaseUrl: `${url}/webhook-waiting`,
		webhookBaseUrl: `${url}/webhook`,
		webhookTestBaseUrl: `${url}/webhook-test`,
		setExecutionStatus() {},
		logAiEvent() {},
		async getRunExecutionData() {
			return undefined;
		},
	} as unknown as IWorkflowExecuteAdditionalData;
	return { workflow, additionalData, credentialsHelper, mode };
}

/** Runs a workflow in n8n's own engine, from its first node on, with the built package. */
export async function runWorkflow(toRun: WorkflowToRun): Promise<FinishedRun> {
	const { nodes, items = [{ json: {} }], executionData, cancelWhen } = toRun;
	const { workflow, additionalData, credentialsHelper, mode } = await prepare(toRun);
	const first = workflow.getNode(nodes[0]!.name)!;
	const data =
		executionData ??
		createRunExecutionData({
			executionData: {
				nodeExecutionStack: [{ node: first, data: { main: [items] }, source: null }],
			},
		});
	const running = new core.WorkflowExecute(additionalData, mode, data).processRunExecutionData(
		workflow,
	);
	void cancelWhen?.then(() => running.cancel());
	const run = await running;
	const { runData, error } = run.data.resultData;
	const runs = (node: string) => runData[node] ?? [];
	return {
		run,
		status: run.status,
		error,
		runs,
		output: (node, index = 0) => runs(node).at(-1)?.data?.main?.[index] ?? [],
		credentialsDecrypted: credentialsHelper.decrypted,
	};
}

/**
 * The last node as a tool: it answers a call as an AI agent makes it, in the words that the model
 * gets. All calls belong to one execution.
 */
export async function openTool(
	toRun: WorkflowToRun,
): Promise<(given?: IDataObject) => Promise<string>> {
	const { workflow, additionalData, mode } = await prepare(toRun);
	const node = toRun.nodes.at(-1)!;
	const data = createRunExecutionData({});
	const source = { node, data: {}, source: null };
	const context = (runIndex: number) =>
		new core.SupplyDataContext(
			workflow,
			node,
			additionalData,
			mode,
			data,
			runIndex,
			[],
			{},
			'ai_tool',
			source,
			[],
		);
	const type = workflow.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	const call = makeHandleToolInvocation(context, node, type, data);
	return async (given = {}) => await call(given);
}

/** What the editor has of the last node, before anything is run. */
async function openEditor(toRun: WorkflowToRun) {
	const { workflow, additionalData } = await prepare(toRun);
	const node = toRun.nodes.at(-1)!;
	const context = new core.LoadOptionsContext(workflow, node, additionalData, '');
	const { methods } = workflow.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	return { context, methods };
}

/** Opens the searchable list of a locator of the last node, as the editor does. */
export async function searchList(
	toRun: WorkflowToRun,
	method: string,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	const { context, methods } = await openEditor(toRun);
	const search = methods?.listSearch?.[method];
	if (!search) throw new Error(`the node has no list ${method}`);
	return await search.call(context, filter, paginationToken);
}

/** Opens a dropdown of the last node that it fills itself, as the editor does. */
export async function loadOptions(
	toRun: WorkflowToRun,
	method: string,
): Promise<INodePropertyOptions[]> {
	const { context, methods } = await openEditor(toRun);
	const load = methods?.loadOptions?.[method];
	if (!load) throw new Error(`the node has no dropdown ${method}`);
	return await load.call(context);
}

/** A node of the built package, connected behind the manual trigger. */
export function sahutWorkflow(
	parameters: INode['parameters'],
	settings: Pick<INode, 'onError' | 'retryOnFail' | 'maxTries' | 'waitBetweenTries'> = {},
): Pick<WorkflowToRun, 'nodes' | 'connections'> {
	return {
		nodes: [
			{
				id: 'trigger',
				name: 'Customers',
				type: 'n8n-nodes-base.manualTrigger',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			{
				id: 'sahut',
				name: 'Sahut',
				type: 'n8n-nodes-sahut.sahut',
				typeVersion: 1,
				position: [200, 0],
				parameters,
				credentials: { sahutApi: { id: '1', name: 'Sahut' } },
				...settings,
			},
		],
		connections: { Customers: { main: [[{ node: 'Sahut', type: 'main', index: 0 }]] } },
	};
}

/** Items from plain objects, as an earlier node would hand them over. */
export function toItems(rows: IDataObject[]): INodeExecutionData[] {
	return rows.map((json) => ({ json }));
}

/** Returns the logger that n8n gives to nodes. */
export async function n8nLogger(): Promise<Logger> {
	const { context } = await openEditor(sahutWorkflow({}));
	return context.logger;
}
