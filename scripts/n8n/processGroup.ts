import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { Socket } from 'node:net';

/** A process with all that it starts in turn. */
export interface ProcessGroup {
	/** How the process has ended: its exit code or the signal. Undefined while it runs. */
	readonly outcome: number | string | undefined;
	readonly exited: Promise<void>;
	/** To the process alone. */
	terminate(): void;
	/** Ends all of the group at once. */
	kill(): void;
}

const GUARD_GRACE_SECONDS = 10;

function signalGroup(pid: number): void {
	try {
		process.kill(-pid, 'SIGKILL');
	} catch {
		// It fails only when nobody is left.
	}
}

/**
 * Ends the group when this process is no more, however it came to its end: a pipe that only this
 * process holds is closed then. A test that is interrupted has no other way to tidy up.
 * @returns calls the guard off
 */
function guard(pid: number): () => void {
	const script = `read _; kill -TERM -$0 && sleep ${GUARD_GRACE_SECONDS} && kill -KILL -$0`;
	const shell = spawn('sh', ['-c', script, String(pid)], {
		detached: true,
		stdio: ['pipe', 'ignore', 'ignore'],
	});
	shell.unref();
	if (shell.stdin instanceof Socket) shell.stdin.unref();
	return () => shell.kill('SIGKILL');
}

/** Starts a command in a process group of its own, with its output at the end of `logFile`. */
export function startGroup(
	command: string,
	args: string[],
	{ cwd, env, logFile }: { cwd: string; env: NodeJS.ProcessEnv; logFile: string },
): ProcessGroup {
	const log = openSync(logFile, 'a');
	const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', log, log] });
	closeSync(log);
	const { pid } = child;
	const callOff = pid === undefined ? undefined : guard(pid);

	let outcome: number | string | undefined;
	const exited = new Promise<void>((resolve) => {
		const end = (how: number | string) => {
			outcome ??= how;
			callOff?.();
			if (pid !== undefined) signalGroup(pid);
			resolve();
		};
		child.once('error', ({ message }) => end(message));
		child.once('exit', (code, signal) => end(code ?? signal ?? 'unknown'));
	});
	return {
		get outcome() {
			return outcome;
		},
		exited,
		terminate: () => void child.kill('SIGTERM'),
		kill: () => pid !== undefined && outcome === undefined && signalGroup(pid),
	};
}
