import { setTimeout as sleep } from 'node:timers/promises';

import { endOfLog, lastLines, readLog } from '../n8n/logFile';
import { startGroup } from '../n8n/processGroup';
import { until } from '../n8n/until';

/** A process that others connect to or that takes work. */
export interface Service {
	readonly name: string;
	readonly logFile: string;
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
	/** Asked for at each start. */
	env: () => Promise<NodeJS.ProcessEnv>;
	logFile: string;
	/** What it prints when it is ready. */
	readyLine: string;
}

const START_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 20_000;

/**
 * Starts a process and waits until it says that it is ready.
 * @throws {Error} with the end of its log when it ends instead.
 */
export async function startService(service: ServiceCommand): Promise<Service> {
	const { name, command, args, cwd, env, logFile, readyLine } = service;
	const launch = async () => {
		const from = endOfLog(logFile);
		const group = startGroup(command, args, { cwd, env: await env(), logFile });
		const isReady = () => {
			if (group.outcome !== undefined) throw new Error(`${name} has ended (${group.outcome}).`);
			return readLog(logFile, from).includes(readyLine) || undefined;
		};
		await until(`${name} to start`, START_TIMEOUT_MS, isReady).catch(async (error: Error) => {
			group.kill();
			await group.exited;
			throw new Error(`${error.message} ${lastLines(logFile, from)}`);
		});
		return group;
	};

	let group = await launch();
	const kill = async () => {
		group.kill();
		await group.exited;
	};
	return {
		name,
		logFile,
		kill,
		async stop() {
			group.terminate();
			const tooLong = new AbortController();
			const timeout = sleep(STOP_TIMEOUT_MS, undefined, tooLong).catch(() => undefined);
			await Promise.race([group.exited, timeout]);
			tooLong.abort();
			await kill();
		},
		async start() {
			group = await launch();
		},
	};
}
