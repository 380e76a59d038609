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
import type { NodeReport, RunReport } from './reportHook';
import type { SandboxCommands } from './sandboxProcess';
import { startWorker, type Worker } from './worker';
import { MEASURED, workflowsFor, type Workflows } from './workflows';

const LOG = resolve(__dirname, '../../test-results/n8n/benchmarks.log');
const EXECUTION_TIMEOUT_MS = 10 * 60_000;

/** What every benchmark works with: a real n8n and a sandbox, each in a process of its own. */
export interface Stage {
	readonly sandbox: Worker<SandboxCommands>;
	readonly workflows: Workflows;
	/** For files; it is deleted at the end. */
	readonly folder: string;
	/** Where n8n has our package. */
	readonly packageFolder: string;
	/** Smaller sizes and one sample, to see that all parts work. */
	readonly quick: boolean;
	/** Where n8n is: scheme, host and port. */
	url(): string;
	/** Puts the workflow into n8n and publishes it, unless one of its name is there. */
	publish(workflow: WorkflowContent): Promise<void>;
	/** The same, and calls its webhook. */
	execute(workflow: WorkflowContent, body: object): Promise<RunReport>;
	/** The same, several times at once. */
	executeAll(workflow: WorkflowContent, bodies: object[]): Promise<RunReport[]>;
	/**
	 * A fresh process of n8n, with the same workflows.
	 * @param env more settings of it, until the next time
	 */
	restartN8n(env?: Record<string, string>): Promise<void>;
	close(): Promise<void>;
}

/** The measured node of an execution that has succeeded. @throws {Error} when it has not. */
export function measured({ nodes, status, workflow }: RunReport): NodeReport {
	const node = nodes[MEASURED];
	if (status === 'success' && node) return node;
	throw new Error(`${workflow} ended with ${status}: ${node?.error ?? 'it did not get there'}`);
}

/** The floor's nodes, by the name of their class. */
const FLOOR = { SahutFloor: 'floorNode.ts', SahutFloorList: 'floorListNode.ts' };

function installFloor(folder: string): string {
	mkdirSync(folder, { recursive: true });
	for (const [name, file] of Object.entries(FLOOR)) {
		// n8n looks for names that end like this, and takes the name of the class from it.
		writeFileSync(
			join(folder, `${name}.node.js`),
			`module.exports = require(${JSON.stringify(join(__dirname, file))});\n`,
		);
	}
	return folder;
}

/** Starts n8n with the packed package, and the sandbox. */
export async function openStage(quick: boolean): Promise<Stage> {
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
			EXTERNAL_HOOK_FILES: join(__dirname, 'reportHook.ts'),
			BENCHMARK_REPORTS: reports,
			N8N_CUSTOM_EXTENSIONS: installFloor(join(folder, 'floor')),
			// The rows of 10,000 sends come in one call.
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
				const answer = await fetch(`${n8n.url}/webhook/${name}`, {
					method: 'POST',
					headers: { 'content-type': 'application/json' },
					body: JSON.stringify(body),
				});
				if (!answer.ok) throw new Error(`The webhook ${name} answered ${answer.status}`);
			}),
		);
		return await until(`${name} to end`, EXECUTION_TIMEOUT_MS, () => {
			// What a trigger has started meanwhile is reported too.
			const ended = readReports().filter(({ workflow }) => workflow === name);
			return ended.length >= bodies.length ? ended : undefined;
		});
	}

	return {
		sandbox,
		workflows: workflowsFor(baseUrl, credentialId),
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
