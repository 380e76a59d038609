import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startSandbox } from '../../sandbox';
import { installN8n, installPackage, newTestLog, type N8nOptions, type N8nVersion } from '../n8n';
import { tryCommands } from './commands';
import { tryEditor } from './editor';
import { recorder, type Outcome } from './record';

/**
 * Tries the package on a version of n8n, in an n8n without any data, until something fails.
 * @returns what was tried, in its order
 */
export async function journey(version: N8nVersion, tarball: string): Promise<Outcome[]> {
	const outcomes: Outcome[] = [];
	const { nodeVersion } = await installN8n(version);
	const attempt = recorder(version, nodeVersion, outcomes);
	const userFolder = await mkdtemp(join(tmpdir(), 'n8n-nodes-sahut-'));
	const logFile = newTestLog(`compat-${version}`);
	const home: N8nOptions = { version, userFolder, logFile };
	const sandbox = await startSandbox();
	const tryAll = async () => {
		await attempt('Installation of the package', async () => {
			await installPackage(userFolder, tarball);
		});
		await tryCommands(home, sandbox, attempt);
		await tryEditor(home, sandbox, attempt);
	};
	try {
		await tryAll().catch((error: Error) => {
			if (outcomes.every(({ failure }) => failure === undefined)) throw error;
		});
	} finally {
		await sandbox.close();
		await rm(userFolder, { recursive: true, force: true });
	}
	return outcomes;
}
