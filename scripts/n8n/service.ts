import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

import { afterThisProcess } from './guard';
import { endOfLog, lastLines, readLog } from './logFile';
import { until } from './until';

/** A process that others connect to or that takes work, with all that it starts in turn. */
export interface Service {
	readonly logFile: string;
	/** Resolves when it ends, for whatever reason. */
	readonly exited: Promise<void>;
	/** Lets it end properly; after 20 seconds, it is killed. */
	stop(): Promise<void>;
	/** Kills it, like a machine that loses its power. */
	kill(): Promise<void>;
	/** Starts it again after that. */
	start(): Promise<void>;
}

interface ServiceCommand {
	name: string;
	command: string;
	args: string[];
	cwd: string;
	/** Whom it runs as. Default: as this process. */
	user?: { uid: number; gid: number } | undefined;
	/** Asked for at each start. */
	env: () => NodeJS.ProcessEnv | Promise<NodeJS.ProcessEnv>;
	/** All that it prints is added to it. */
	logFile: string;
	/** Whether it is ready, by what it has printed since it was started. */
	isReady: (printed: string) => Promise<boolean> | boolean;
}

const START_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 20_000;
const GUARD_GRACE_SECONDS = 10;

/** A process with all that it starts in turn. */
interface ProcessGroup {
	/** How the process has ended: its exit code or the signal. Undefined while it runs. */
	outcome?: number | string;
	readonly exited: Promise<void>;
	/** Asks the process alone to end. */
	terminate(): void;
	/** Ends all of the group at once. */
	kill(): void;
}

function signalGroup(pid: number): void {
	try {
		process.kill(-pid, 'SIGKILL');
	} catch {
		// It fails only when nobody is left.
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
	const callOff = pid === undefined ? undefined : afterThisProcess(script, String(pid));
	const exited = new Promise<void>((resolve) => {
		const end = (how: number | string) => {
			group.outcome ??= how;
			callOff?.();
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
 * Starts a process and waits until it is ready.
 * @throws {Error} with the end of its log when it ends instead.
 */
export async function startService(service: ServiceCommand): Promise<Service> {
	const { name, env, logFile, isReady } = service;
	const launch = async () => {
		const from = endOfLog(logFile);
		const started = startGroup(service, await env());
		await until(`${name} to start`, START_TIMEOUT_MS, async () => {
			if (started.outcome !== undefined) throw new Error(`${name} has ended (${started.outcome}).`);
			return (await isReady(readLog(logFile, from))) || undefined;
		}).catch(async (error: Error) => {
			started.kill();
			await started.exited;
			throw new Error(`${error.message} ${lastLines(logFile, from)}`);
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
