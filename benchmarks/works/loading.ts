import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { installN8n } from '../../scripts/n8n';
import { alternate } from '../harness/alternate';
import { median, ratio } from '../harness/figures';
import type { Work } from '../harness/work';

const NAMES = { sahut: 'Sahut', whatsApp: "n8n's WhatsApp Business Cloud", empty: 'nothing' };
type What = keyof typeof NAMES;
const WHAT = Object.keys(NAMES) as What[];

/** A package with these files of another one. */
function makePackage(folder: string, of: string, nodes: string[], credentials: string[]): string {
	mkdirSync(folder, { recursive: true });
	// Not the whole of dist: it has lists by which n8n loads these nodes later.
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

/** What the package adds to the start of n8n: n8n's own loader, in a process of its own each time. */
export const loading: Work = {
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
		const samples = await alternate(WHAT, quick ? 3 : 15, async (what) =>
			Number(
				execFileSync(node, [join(__dirname, 'loadPackage.cjs'), folders[what]], {
					env,
					encoding: 'utf8',
				}),
			),
		);
		const added = (what: What) => median(samples[what]) - median(samples.empty);
		const share = added('sahut') / added('whatsApp');
		const show = (ms: number) => `${ms.toFixed(1)} ms`;
		return {
			title: 'Loading the package',
			text: "n8n's own loader in a fresh process of Node.js for each sample; n8n-core and n8n-workflow are loaded already. WhatsApp Business Cloud is the vendor's node that n8n brings, with its trigger and credentials; n8n loads its own nodes only once they are used.",
			head: ['package', 'median', 'lowest', 'highest'],
			rows: WHAT.map((what) => [
				NAMES[what],
				show(median(samples[what])),
				show(Math.min(...samples[what])),
				show(Math.max(...samples[what])),
			]),
			verdicts: [
				{
					work: 'Loading the package',
					goal: "no longer than n8n's WhatsApp Business Cloud, over an empty package",
					measured: ratio(share),
					met: share <= 1,
				},
			],
		};
	},
};
