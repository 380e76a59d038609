import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { installN8n } from '../../scripts/n8n';
import { alternate } from '../harness/alternate';
import { median } from '../harness/figures';
import type { Work } from '../harness/work';

const MOST_MS = 30;
const WHAT = ['sahut', 'empty'] as const;

/** A package that n8n loads without finding anything in it. */
function makeEmptyPackage(folder: string): string {
	mkdirSync(folder, { recursive: true });
	const manifest = {
		name: 'n8n-nodes-empty',
		version: '1.0.0',
		n8n: { nodes: [], credentials: [] },
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
		const folders = { sahut: packageFolder, empty: makeEmptyPackage(join(folder, 'empty')) };
		const samples = await alternate(WHAT, quick ? 3 : 15, async (what) =>
			Number(
				execFileSync(node, [join(__dirname, 'loadPackage.cjs'), folders[what]], {
					env,
					encoding: 'utf8',
				}),
			),
		);
		const added = median(samples.sahut) - median(samples.empty);
		const show = (ms: number) => `${ms.toFixed(1)} ms`;
		return {
			title: 'Loading the package',
			text: "n8n's own loader in a fresh process of Node.js for each sample; n8n-core and n8n-workflow are loaded already.",
			head: ['package', 'median', 'lowest', 'highest'],
			rows: WHAT.map((what) => [
				what,
				show(median(samples[what])),
				show(Math.min(...samples[what])),
				show(Math.max(...samples[what])),
			]),
			verdicts: [
				{
					work: 'Loading the package',
					goal: `at most ${MOST_MS} ms over an empty package`,
					measured: show(added),
					met: added <= MOST_MS,
				},
			],
		};
	},
};
