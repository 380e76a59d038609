import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * Runs a shell script after this process exits, even if it is killed: the shell waits until the pipe
 * from this process is closed. An interrupted test has no other way to clean up.
 * @param argument `$0` in the script
 * @returns a function that cancels the script
 */
export function runAfterExit(script: string, argument: string): () => void {
	const shell = spawn('sh', ['-c', `read _; ${script}`, argument], {
		detached: true,
		stdio: ['pipe', 'ignore', 'ignore'],
	});
	shell.unref();
	if (shell.stdin instanceof Socket) shell.stdin.unref();
	return () => shell.kill('SIGKILL');
}
