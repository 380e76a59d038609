import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

import { runAfterExit } from './exitGuard';
import { logSize, logTail, readLog } from './logFile';
import { until } from './until';

/** A server or worker process, together with its child processes. */
export interface Service {
	readonly logFile: string;
	/** Resolves when the process ends, for any reason. */
	readonly exited: Promise<void>;
	/** Stops the process gracefully. Kills it after 20 seconds. */
	stop(): Promise<void>;
	/** Kills the process, as a power failure would. */
	kill(): Promise<void>;
	/** Starts the process again after `stop` or `kill`. */
	start(): Promise<void>;
}

interface ServiceCommand {
	name: string;
	command: string;
	args: string[];
	cwd: string;
	/** The user that runs the process. Default: the user of this process. */
	user?: { uid: number; gid: number } | undefined;
	/** Returns the environment. Called at each start. */
	env: () => NodeJS.ProcessEnv | Promise<NodeJS.ProcessEnv>;
	/** The file to which all output is appended. */
	logFile: string;
	/** Returns whether the process is ready, given its output since the start. */
	isReady: (printed: string) => Promise<boolean> | boolean;
}

const START_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 20_000;
const GUARD_GRACE_SECONDS = 10;

/** A process with its child processes. */
interface ProcessGroup {
	/** The exit code, the signal or the error message. Undefined while the process runs. */
	outcome?: number | string;
	readonly exited: Promise<void>;
	/** Sends SIGTERM to the process, but not to its children. */
	terminate(): void;
	/** Kills the whole group. */
	kill(): void;
}

function signalGroup(pid: number): void {
	try {
		process.kill(-pid, 'SIGKILL');
	} catch {
		// It fails only when no process of the group is left.
	}
}

function startGroup(
	{ command, args, cwd, user, logFile }: ServiceCommand,
	env: NodeJS.ProcessEnv,
): ProcessGroup {
	const log = openSync(logFile, 'a');
	const child = spawn(command, args, {
		...{ cwd, env, ...user },
		detached: true,
		stdio: ['ignore', log, log],
	});
	closeSync(log);
	const { pid } = child;
	const script = `kill -TERM -$0 && sleep ${GUARD_GRACE_SECONDS} && kill -KILL -$0`;
	const cancel = pid === undefined ? undefined : runAfterExit(script, String(pid));
	const exited = new Promise<void>((resolve) => {
		const end = (how: number | string) => {
			group.outcome ??= how;
			cancel?.();
			if (pid !== undefined) signalGroup(pid);
			resolve();
		};
		child.once('error', ({ message }) => end(message));
		child.once('exit', (code, signal) => end(code ?? signal ?? 'unknown'));
	});
	const group: ProcessGroup = {
		exited,
		terminate: () => void child.kill('SIGTERM'),
		kill: () => pid !== undefined && group.outcome === undefined && signalGroup(pid),
	};
	return group;
}

/**
 * Starts a process, and waits until it is ready.
 * @throws {Error} with the end of its log when it exits before, or when it is not ready in time.
 */
export async function startService(service: ServiceCommand): Promise<Service> {
	const { name, env, logFile, isReady } = service;
	const launch = async () => {
		const from = logSize(logFile);
		const started = startGroup(service, await env());
		await until(`${name} to start`, START_TIMEOUT_MS, async () => {
			if (started.outcome !== undefined) throw new Error(`${name} has ended (${started.outcome}).`);
			return (await isReady(readLog(logFile, from))) || undefined;
		}).catch(async (error: Error) => {
			started.kill();
			await started.exited;
			throw new Error(`${error.message} ${logTail(logFile, from)}`);
		});
		return started;
	};

	let group = await launch();
	return {
		logFile,
		get exited() {
			return group.exited;
		},
		async stop() {
			group.terminate();
			const tooLong = setTimeout(group.kill, STOP_TIMEOUT_MS);
			await group.exited;
			clearTimeout(tooLong);
		},
		async kill() {
			group.kill();
			await group.exited;
		},
		async start() {
			group = await launch();
		},
	};
}
