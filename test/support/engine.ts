import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

// n8n-core reads these settings when it is loaded, so they must be set before its first import.
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

/** The folder of this repository. */
export const PACKAGE_FOLDER = path.resolve(__dirname, '../..');

/** The data of each credential, by the name of its type. */
export type Credentials = Record<string, ICredentialDataDecryptedObject>;

const manualTrigger: INodeType = {
	description: {
		displayName: 'Manual Trigger',
		name: 'manualTrigger',
		group: ['trigger'],
		version: 1,
		description: 'Outputs the items that the test starts with',
		defaults: { name: 'Manual Trigger' },
		inputs: [],
		outputs: ['main'],
		properties: [],
	},
	async execute() {
		return [this.getInputData()];
	},
};

/** Imports a module of the built nodes: the same instance that the nodes use. */
export async function importFromDist<Module>(name: string): Promise<Module> {
	return (await import(`${PACKAGE_FOLDER}/dist/nodes/Sahut/${name}.js`)) as Module;
}

let loading: Promise<core.PackageDirectoryLoader> | undefined;

/** Loads the built package as n8n loads a package from a folder. Requires `npm run build`. */
export async function loadPackage(): Promise<core.PackageDirectoryLoader> {
	loading ??= (async () => {
		const loader = new core.PackageDirectoryLoader(PACKAGE_FOLDER);
		await loader.loadAll();
		return loader;
	})();
	return await loading;
}

/** Loads the output preview of an operation, a JSON schema that the editor shows before a run. */
export function loadOutputPreview(
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

/** Returns the node type `sahut` or `sahutTrigger` of the built package. */
export async function getPackageNode(name: string): Promise<INodeType> {
	return createNode(await loadPackage(), name);
}

function nodeTypesOf(
	loader: core.PackageDirectoryLoader,
	additionalTypes: Record<string, INodeType>,
): INodeTypes {
	const byName = (type: string): INodeType | IVersionedNodeType => {
		const builtIn = { 'n8n-nodes-base.manualTrigger': manualTrigger, ...additionalTypes }[type];
		if (builtIn) return builtIn;
		const dot = type.lastIndexOf('.');
		if (type.slice(0, dot) !== loader.packageName)
			throw new Error(`Unknown node type ${type}: add it to nodeTypes`);
		return createNode(loader, type.slice(dot + 1));
	};
	return {
		getByName: byName,
		getByNameAndVersion: (type, version) => NodeHelpers.getVersionedNodeType(byName(type), version),
		getKnownTypes: () => loader.known.nodes,
	};
}

/** Provides the credentials of a test, and authenticates requests as n8n's CredentialsHelper does. */
class TestCredentials extends ICredentialsHelper {
	/** The number of times that a credential was decrypted. */
	decryptionCount = 0;

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
		if (!data) throw new Error(`The test has no credential of the type ${name}`);
		this.decryptionCount += 1;
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
		if (typeof authenticate !== 'function')
			throw new Error(`The credential type ${name} has no authenticate function`);
		return await authenticate(credentials, request);
	}

	async preAuthentication() {
		return undefined;
	}

	async runPreAuthentication() {
		return undefined;
	}

	async getCredentials(): Promise<never> {
		throw new Error('getCredentials is not implemented for tests');
	}

	async updateCredentials() {}

	async updateCredentialsOauthTokenData() {}
}

/** A workflow, and everything that its run needs. */
export interface WorkflowToRun {
	nodes: INode[];
	connections: IConnections;
	/** The input of the first node. Default: one empty item. */
	items?: INodeExecutionData[];
	/** Default: none. */
	credentials?: Credentials;
	/** Additional node types by full name. They take precedence over those of the package. */
	nodeTypes?: Record<string, INodeType>;
	/** The execution is canceled when this promise resolves. */
	cancelWhen?: Promise<unknown>;
	/** The data of an earlier execution, which the run continues. Default: a new execution. */
	executionData?: IRunExecutionData;
	mode?: WorkflowExecuteMode;
	/** The ID of the execution. Default: `execution`. */
	executionId?: string;
	/** The address of this n8n. Default: `http://localhost:5678`. */
	origin?: string;
	/** The static data that n8n has stored for the nodes of the workflow. */
	staticData?: IDataObject;
}

/** The result of a run. */
export interface FinishedRun {
	run: IRun;
	/** `success`, `error`, `waiting` or `canceled`. A failed node does not reject the promise of the run. */
	status: IRun['status'];
	error: IRun['data']['resultData']['error'];
	/** Returns all runs of a node, oldest first. */
	runs(node: string): ITaskData[];
	/** Returns the items of an output of a node's last run. Output 1 is the error output, if there is one. */
	output(node: string, index?: number): INodeExecutionData[];
	/** The number of times that a credential was decrypted. */
	credentialsDecrypted: number;
}

/** Creates a workflow together with the data that n8n's server provides: credentials, hooks and URLs. */
export async function prepareWorkflow({
	nodes,
	connections,
	credentials = {},
	nodeTypes = {},
	mode = 'manual',
	executionId = 'execution',
	origin: url = 'http://localhost:5678',
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
	const credentialsHelper = new TestCredentials(loader, credentials);
	const additionalData = {
		credentialsHelper,
		hooks: new core.ExecutionLifecycleHooks(mode, executionId, {
			id: 'workflow',
			name: 'workflow',
			nodes,
			connections,
		} as unknown as ConstructorParameters<typeof core.ExecutionLifecycleHooks>[2]),
		currentNodeExecutionIndex: 0,
		executionId,
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

/** Runs a workflow with the built package in n8n's engine, starting at its first node. */
export async function runWorkflow(toRun: WorkflowToRun): Promise<FinishedRun> {
	const { nodes, items = [{ json: {} }], executionData, cancelWhen } = toRun;
	const { workflow, additionalData, credentialsHelper, mode } = await prepareWorkflow(toRun);
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
		credentialsDecrypted: credentialsHelper.decryptionCount,
	};
}

/**
 * Opens the last node as a tool of an AI agent. All calls belong to one execution.
 *
 * @returns a function that calls the tool, and returns the text that the model gets
 */
export async function openTool(
	toRun: WorkflowToRun,
): Promise<(given?: IDataObject) => Promise<string>> {
	const { workflow, additionalData, mode } = await prepareWorkflow(toRun);
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

/** Returns the methods of the last node, and the context in which the editor calls them. */
async function openEditor(toRun: WorkflowToRun) {
	const { workflow, additionalData } = await prepareWorkflow(toRun);
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
	if (!search) throw new Error(`The node has no list method ${method}`);
	return await search.call(context, filter, paginationToken);
}

/** Loads the entries of a dropdown of the last node, as the editor does. */
export async function loadOptions(
	toRun: WorkflowToRun,
	method: string,
): Promise<INodePropertyOptions[]> {
	const { context, methods } = await openEditor(toRun);
	const load = methods?.loadOptions?.[method];
	if (!load) throw new Error(`The node has no dropdown method ${method}`);
	return await load.call(context);
}

/** Returns a workflow with a manual trigger and a Sahut node after it. */
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

/** Converts objects to items, as an earlier node outputs them. */
export function toItems(rows: IDataObject[]): INodeExecutionData[] {
	return rows.map((json) => ({ json }));
}

/** Returns the logger that n8n gives to nodes. */
export async function getN8nLogger(): Promise<Logger> {
	const { context } = await openEditor(sahutWorkflow({}));
	return context.logger;
}
