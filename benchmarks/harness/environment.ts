import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import {
	activateWorkflow,
	createCredential,
	createWorkflow,
	installPackage,
	packPackage,
	signIn,
	startN8n,
	until,
	type RunningN8n,
	type Session,
	type WorkflowContent,
} from '../../scripts/n8n';
import type { NodeReport, RunReport } from './executionHook';
import type { SandboxCommands } from './sandboxProcess';
import { startWorker, type Worker } from './worker';
import { MEASURED_NODE, createWorkflows, type Workflows } from './workflows';

const LOG = resolve(__dirname, '../../test-results/n8n/benchmarks.log');
const EXECUTION_TIMEOUT_MS = 10 * 60_000;

/** The environment of the benchmarks: a real n8n and a sandbox, each in its own process. */
export interface BenchmarkEnvironment {
	readonly sandbox: Worker<SandboxCommands>;
	readonly workflows: Workflows;
	/** A temporary folder. */
	readonly folder: string;
	/** The folder of the installed package. */
	readonly packageFolder: string;
	/** Whether to use small sizes and one sample, to test the benchmarks. */
	readonly quick: boolean;
	/** Returns the URL of n8n. */
	url(): string;
	/** Creates and publishes the workflow, unless one with its name exists. */
	publish(workflow: WorkflowContent): Promise<void>;
	/** Publishes the workflow, and calls its webhook. */
	execute(workflow: WorkflowContent, body: object): Promise<RunReport>;
	/** Publishes the workflow, and calls its webhook once for each body at the same time. */
	executeAll(workflow: WorkflowContent, bodies: object[]): Promise<RunReport[]>;
	/**
	 * Restarts n8n with the same workflows.
	 * @param env additional settings, until the next restart
	 */
	restartN8n(env?: Record<string, string>): Promise<void>;
	close(): Promise<void>;
}

/** Returns the measured node of an execution. @throws {Error} when the execution has failed. */
export function measuredNode({ nodes, status, workflow }: RunReport): NodeReport {
	const node = nodes[MEASURED_NODE];
	if (status === 'success' && node) return node;
	throw new Error(
		`${workflow} ended with ${status}: ${node?.error ?? 'the measured node did not run'}`,
	);
}

/** The nodes of the floor by class name. */
const FLOOR = { SahutFloor: 'floorNode.ts', SahutFloorList: 'floorListNode.ts' };

function installFloor(folder: string): string {
	mkdirSync(folder, { recursive: true });
	for (const [name, file] of Object.entries(FLOOR)) {
		// n8n finds nodes by this file name, and derives the class name from it.
		writeFileSync(
			join(folder, `${name}.node.js`),
			`module.exports = require(${JSON.stringify(join(__dirname, file))});\n`,
		);
	}
	return folder;
}

/** Starts a sandbox, and n8n with the packed package. */
export async function startEnvironment(quick: boolean): Promise<BenchmarkEnvironment> {
	const folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-sahut-'));
	const reports = join(folder, 'reports.jsonl');
	const userFolder = join(folder, 'home');
	rmSync(LOG, { force: true });
	const sandbox = startWorker<SandboxCommands>(join(__dirname, 'sandboxProcess.ts'));
	const { url: baseUrl, apiKey } = await sandbox.open();
	mkdirSync(join(folder, 'packed'));
	await installPackage(userFolder, packPackage(join(folder, 'packed')));
	const n8n: RunningN8n = await startN8n({
		userFolder,
		logFile: LOG,
		port: 0,
		env: {
			EXTERNAL_HOOK_FILES: join(__dirname, 'executionHook.ts'),
			BENCHMARK_REPORTS: reports,
			N8N_CUSTOM_EXTENSIONS: installFloor(join(folder, 'floor')),
			// One call contains the rows of 10,000 sends.
			N8N_PAYLOAD_SIZE_MAX: '64',
		},
	});
	let session: Session = await signIn(n8n);
	const { id: credentialId } = await createCredential(session, {
		name: 'Sahut sandbox',
		type: 'sahutApi',
		data: { apiKey, baseUrl },
	});
	const stored = new Set<string>();

	const readReports = () =>
		existsSync(reports)
			? readFileSync(reports, 'utf8')
					.split('\n')
					.filter((line) => line !== '')
					.map((line) => JSON.parse(line) as RunReport)
			: [];

	async function publish(workflow: WorkflowContent): Promise<void> {
		if (stored.has(workflow.name)) return;
		const { id } = await createWorkflow(session, workflow);
		await activateWorkflow(session, id);
		stored.add(workflow.name);
	}

	async function executeAll(workflow: WorkflowContent, bodies: object[]): Promise<RunReport[]> {
		const { name } = workflow;
		await publish(workflow);
		rmSync(reports, { force: true });
		await Promise.all(
			bodies.map(async (body) => {
				const response = await fetch(`${n8n.url}/webhook/${name}`, {
					method: 'POST',
					headers: { 'content-type': 'application/json' },
					body: JSON.stringify(body),
				});
				if (!response.ok) throw new Error(`The webhook ${name} returned ${response.status}`);
			}),
		);
		return await until(`${name} to end`, EXECUTION_TIMEOUT_MS, () => {
			// The reports also include executions of a trigger.
			const ended = readReports().filter(({ workflow }) => workflow === name);
			return ended.length >= bodies.length ? ended : undefined;
		});
	}

	return {
		sandbox,
		workflows: createWorkflows(baseUrl, credentialId),
		folder,
		packageFolder: join(userFolder, '.n8n/nodes/node_modules/n8n-nodes-sahut'),
		quick,
		url: () => n8n.url,
		publish,
		executeAll,
		execute: async (workflow, body) => (await executeAll(workflow, [body]))[0]!,
		async restartN8n(env) {
			await n8n.restart(env);
			session = await signIn(n8n);
		},
		async close() {
			sandbox.close();
			await n8n.stop();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
