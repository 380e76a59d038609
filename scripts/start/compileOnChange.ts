import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';

import { installedPackage } from '../n8n';

const REPOSITORY = resolve(__dirname, '../..');

/**
 * Compiles each change straight into the package as n8n has it, which reloads it by itself when it was
 * started for that. Icons and output previews are not compiled: they need a new start. Ends with this
 * process.
 */
export function compileOnChange(userFolder: string): void {
	const tsc = require.resolve('typescript/bin/tsc');
	const outDir = join(installedPackage(userFolder), 'dist');
	const child = spawn(
		process.execPath,
		[tsc, '--watch', '--preserveWatchOutput', '--outDir', outDir],
		{ cwd: REPOSITORY, stdio: ['ignore', 'inherit', 'inherit'] },
	);
	child.unref();
	process.once('exit', () => child.kill());
}
