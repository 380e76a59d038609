import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

import { installedPackageFolder } from '../n8n';

const REPOSITORY = resolve(__dirname, '../..');

/**
 * Compiles each change of a source file into the package that n8n has installed, until this process exits.
 * n8n reloads it if it was started with N8N_DEV_RELOAD. Changes of icons and output previews need a restart.
 */
export function compileOnChange(userFolder: string): void {
	const tsc = require.resolve('typescript/bin/tsc');
	const outDir = join(installedPackageFolder(userFolder), 'dist');
	const child = spawn(
		process.execPath,
		[tsc, '--watch', '--preserveWatchOutput', '--outDir', outDir],
		{ cwd: REPOSITORY, stdio: ['ignore', 'inherit', 'inherit'] },
	);
	child.unref();
	process.once('exit', () => child.kill());
}
