import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { journey } from './compat/journey';
import { report } from './compat/report';
import type { Outcome } from './compat/record';
import { packPackage, RELEASES, type N8nVersion } from './n8n';

/** Tries the packed package on each version of n8n that is known. */
async function main(): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-sahut-'));
	const outcomes: Outcome[] = [];
	try {
		const tarball = packPackage(folder);
		for (const version of Object.keys(RELEASES) as N8nVersion[]) {
			console.log(`Trying n8n ${version} …`);
			outcomes.push(...(await journey(version, tarball)));
		}
	} finally {
		await rm(folder, { recursive: true });
	}
	console.log(report(outcomes));
	if (outcomes.some(({ failure }) => failure !== undefined)) {
		console.log('What n8n itself has printed is in test-results/n8n/.');
		process.exitCode = 1;
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
