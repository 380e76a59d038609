import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { IRun } from 'n8n-workflow';

import { n8nEnvironment } from './environment';
import { installN8n } from './install';
import type { N8nOptions } from './server';

/**
 * Runs a workflow by `n8n execute`, from its start to its end, also while n8n runs.
 * @returns the execution, which may have failed: `status` tells.
 */
export async function executeWorkflow(n8n: N8nOptions, id: string): Promise<IRun> {
	const installed = await installN8n(n8n.version);
	const run = promisify(execFile)(
		installed.node,
		[installed.n8n, 'execute', `--id=${id}`, '--rawOutput'],
		{ cwd: n8n.userFolder, env: await n8nEnvironment(installed, n8n), maxBuffer: Infinity },
	);
	// n8n's exit code does not tell whether it succeeded.
	const { stdout, stderr } = await run.catch((error: Awaited<typeof run>) => error);
	// Around the execution, which is indented, n8n prints lines of its own.
	const [json] = /^\{$[^]*?^\}$/m.exec(stdout) ?? [];
	if (json !== undefined) return JSON.parse(json) as IRun;
	throw new Error(`n8n did not run the workflow ${id}:\n${stdout}${stderr}`);
}
