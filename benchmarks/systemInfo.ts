import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';

import { version } from '../package.json';
import { installN8n } from '../scripts/n8n';

const GB = 1024 ** 3;

/** Describes the system of the measurement: date, machine, load and versions, one per line. */
export async function describeSystem(): Promise<string[]> {
	const { node, version: n8n } = await installN8n();
	const run = (command: string, args: string[]) =>
		execFileSync(command, args, { encoding: 'utf8' }).trim();
	const [cpu, ...others] = cpus();
	const load = loadavg().map((value) => value.toFixed(1));
	return [
		`${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
		`${others.length + 1} cores (${cpu?.model.trim()}), ${Math.round(totalmem() / GB)} GB of RAM, ${process.platform}`,
		`load at the start (1, 5, 15 minutes): ${load.join(', ')}`,
		`n8n-nodes-sahut ${version} (${run('git', ['rev-parse', '--short', 'HEAD'])}), n8n ${n8n} on Node.js ${run(node, ['--version'])}; sandbox on Node.js ${process.version}`,
	];
}
