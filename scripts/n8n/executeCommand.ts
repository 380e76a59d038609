import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { IRun } from 'n8n-workflow';

import { buildN8nEnvironment } from './environment';
import { installN8n } from './install';
import type { N8nOptions } from './server';

/**
 * Runs a workflow with `n8n execute`, and waits until it ends. n8n may be running meanwhile.
 * @returns the execution; see its `status` for whether it failed
 * @throws {Error} with the output of n8n when n8n did not run the workflow.
 */
export async function executeByCommand(n8n: N8nOptions, id: string): Promise<IRun> {
	const installed = await installN8n(n8n.version);
	const run = promisify(execFile)(
		installed.node,
		[installed.n8n, 'execute', `--id=${id}`, '--rawOutput'],
		{ cwd: n8n.userFolder, env: await buildN8nEnvironment(installed, n8n), maxBuffer: Infinity },
	);
	// n8n's exit code does not show whether the workflow ran.
	const { stdout, stderr } = await run.catch((error: Awaited<typeof run>) => error);
	// n8n prints other lines before and after the indented JSON of the execution.
	const [json] = /^\{$[^]*?^\}$/m.exec(stdout) ?? [];
	if (json !== undefined) return JSON.parse(json) as IRun;
	throw new Error(`n8n did not run the workflow ${id}:\n${stdout}${stderr}`);
}
