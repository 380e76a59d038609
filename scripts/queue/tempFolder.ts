import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Longer than the processes that write into the folder are left to live. */
const GRACE_SECONDS = 15;

export interface TempFolder {
	readonly path: string;
	remove(): void;
}

/**
 * A new folder, which goes with this process however that comes to its end: a pipe that only this
 * process holds is closed then.
 */
export function makeTempFolder(): TempFolder {
	const path = mkdtempSync(join(tmpdir(), 'n8n-nodes-sahut-'));
	const script = `read _; sleep ${GRACE_SECONDS}; rm -rf "$0"`;
	const guard = spawn('sh', ['-c', script, path], {
		detached: true,
		stdio: ['pipe', 'ignore', 'ignore'],
	});
	guard.unref();
	if (guard.stdin instanceof Socket) guard.stdin.unref();
	return {
		path,
		remove() {
			guard.kill('SIGKILL');
			rmSync(path, { recursive: true, force: true });
		},
	};
}
