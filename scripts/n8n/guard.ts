import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * Has a shell run a script when this process is no more, however it came to its end: a pipe that only
 * this process holds is closed then. A test that is interrupted has no other way to tidy up.
 * @param argument `$0` in the script
 * @returns calls it off
 */
export function afterThisProcess(script: string, argument: string): () => void {
	const shell = spawn('sh', ['-c', `read _; ${script}`, argument], {
		detached: true,
		stdio: ['pipe', 'ignore', 'ignore'],
	});
	shell.unref();
	if (shell.stdin instanceof Socket) shell.stdin.unref();
	return () => shell.kill('SIGKILL');
}
