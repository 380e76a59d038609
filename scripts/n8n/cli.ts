import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IConnections, INode, IRun, IWorkflowSettings } from 'n8n-workflow';

import { n8nEnvironment } from './environment';
import { installN8n } from './install';
import { endOfLog, lastLines } from './logFile';
import { freePort } from './ports';
import { majorOf, NEWEST } from './releases';
import type { N8nOptions } from './server';

export interface ImportedCredential {
	id: string;
	name: string;
	type: string;
	/** In clear: n8n encrypts it. */
	data: Record<string, unknown>;
}

export interface WorkflowContent {
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
}

export interface ImportedWorkflow extends WorkflowContent {
	id: string;
}

/** Runs a command of n8n. @returns what it printed */
async function runCommand(n8n: N8nOptions, args: string[]): Promise<string> {
	const { version = NEWEST, userFolder, logFile, env } = n8n;
	const installed = await installN8n(version);
	await mkdir(userFolder, { recursive: true });
	endOfLog(logFile);
	const brokerPort = await freePort();
	const child = spawn(installed.node, [installed.n8n, ...args], {
		cwd: userFolder,
		env: n8nEnvironment(installed, { userFolder, brokerPort, ...(env && { env }) }),
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8').on('data', (text: string) => {
			output += text;
			appendFileSync(logFile, text);
		});
	}
	await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
	return output;
}

/** Runs a command that tells its success by `sign`, since n8n's exit codes do not. */
async function runUntilSign(n8n: N8nOptions, args: string[], sign: string): Promise<void> {
	const from = endOfLog(n8n.logFile);
	const output = await runCommand(n8n, args);
	if (output.includes(sign)) return;
	throw new Error(`n8n ${args.join(' ')} did not succeed. ${lastLines(n8n.logFile, from)}`);
}

async function importRecords(
	n8n: N8nOptions,
	command: 'import:credentials' | 'import:workflow',
	records: object[],
): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-sahut-'));
	try {
		const file = join(folder, 'records.json');
		await writeFile(file, JSON.stringify(records));
		const sign = `Successfully imported ${records.length} `;
		await runUntilSign(n8n, [command, `--input=${file}`], sign);
	} finally {
		await rm(folder, { recursive: true });
	}
}

/** Adds credentials, or changes those with the same ID. */
export async function importCredentials(
	n8n: N8nOptions,
	credentials: ImportedCredential[],
): Promise<void> {
	await importRecords(n8n, 'import:credentials', credentials);
}

/** Adds workflows, or changes those with the same ID. They are not published. */
export async function importWorkflows(
	n8n: N8nOptions,
	workflows: ImportedWorkflow[],
): Promise<void> {
	await importRecords(n8n, 'import:workflow', workflows);
}

/** Has a workflow published from the next start on. An n8n that runs does not notice. */
export async function publishWorkflow(n8n: N8nOptions, id: string): Promise<void> {
	const isOld = majorOf(n8n.version ?? NEWEST) === 1;
	const args = isOld ? ['update:workflow', '--active=true'] : ['publish:workflow'];
	await runUntilSign(n8n, [...args, `--id=${id}`], 'Please restart n8n for changes to take effect');
}

/**
 * Runs a workflow from its start to its end, also while n8n runs.
 * @returns the execution, which may have failed: `status` tells.
 */
export async function executeWorkflow(n8n: N8nOptions, id: string): Promise<IRun> {
	const from = endOfLog(n8n.logFile);
	const output = await runCommand(n8n, ['execute', `--id=${id}`, '--rawOutput']);
	// Around the execution, which is indented, n8n prints lines of its own.
	const [json] = /^\{$[^]*?^\}$/m.exec(output) ?? [];
	if (json !== undefined) return JSON.parse(json) as IRun;
	throw new Error(`n8n did not run the workflow ${id}. ${lastLines(n8n.logFile, from)}`);
}
