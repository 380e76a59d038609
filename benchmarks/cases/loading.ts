import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { installN8n } from '../../scripts/n8n';
import { sampleInTurns } from '../harness/sampling';
import { median, formatRatio } from '../harness/statistics';
import type { Benchmark } from '../harness/benchmark';

const NAMES = { sahut: 'Sahut', whatsApp: "n8n's WhatsApp Business Cloud", empty: 'nothing' };
type PackageName = keyof typeof NAMES;
const PACKAGES = Object.keys(NAMES) as PackageName[];

/** Creates a package with some nodes and credentials of another one. */
function makePackage(folder: string, of: string, nodes: string[], credentials: string[]): string {
	mkdirSync(folder, { recursive: true });
	// Not all of dist: n8n would use its lists of nodes to load them lazily.
	for (const kind of ['nodes', 'credentials'])
		symlinkSync(join(of, 'dist', kind), join(folder, kind));
	const manifest = {
		name: 'n8n-nodes-other',
		version: '1.0.0',
		n8n: {
			nodes: nodes.map((name) => `nodes/${name}.node.js`),
			credentials: credentials.map((name) => `credentials/${name}.credentials.js`),
		},
	};
	writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
	return folder;
}

/** Measures the startup time that the package adds, with n8n's loader in a new process for each sample. */
export const loading: Benchmark = {
	name: 'loading',
	async run({ folder, packageFolder, quick }) {
		const { node, n8n } = await installN8n();
		const env = { NODE_PATH: join(n8n, '../..'), N8N_USER_FOLDER: folder, N8N_LOG_LEVEL: 'silent' };
		const base = dirname(require.resolve('n8n-nodes-base/package.json', { paths: [n8n] }));
		const folders = {
			sahut: packageFolder,
			whatsApp: makePackage(
				join(folder, 'whatsApp'),
				base,
				['WhatsApp/WhatsApp', 'WhatsApp/WhatsAppTrigger'],
				['WhatsAppApi', 'WhatsAppTriggerApi'],
			),
			empty: makePackage(join(folder, 'empty'), base, [], []),
		};
		const samples = await sampleInTurns(PACKAGES, quick ? 3 : 15, async (name) =>
			Number(
				execFileSync(node, [join(__dirname, 'loadPackage.cjs'), folders[name]], {
					env,
					encoding: 'utf8',
				}),
			),
		);
		const added = (name: PackageName) => median(samples[name]) - median(samples.empty);
		const share = added('sahut') / added('whatsApp');
		const show = (ms: number) => `${ms.toFixed(1)} ms`;
		return {
			title: 'Loading the package',
			text: "Each sample runs n8n's loader in a new Node.js process, in which n8n-core and n8n-workflow are already loaded. WhatsApp Business Cloud is n8n's built-in node for WhatsApp, with its trigger and credentials. n8n loads built-in nodes on first use.",
			head: ['package', 'median', 'lowest', 'highest'],
			rows: PACKAGES.map((name) => [
				NAMES[name],
				show(median(samples[name])),
				show(Math.min(...samples[name])),
				show(Math.max(...samples[name])),
			]),
			verdicts: [
				{
					task: 'Loading the package',
					goal: "no longer than n8n's WhatsApp Business Cloud, over an empty package",
					measured: formatRatio(share),
					met: share <= 1,
				},
			],
		};
	},
};
