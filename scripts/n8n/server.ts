import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import { n8nEnvironment } from './environment';
import { installN8n } from './install';
import { endOfLog, lastLines, readLog } from './logFile';
import { availablePort, freePort } from './ports';
import { startGroup, type ProcessGroup } from './processGroup';
import { NEWEST, type N8nVersion } from './releases';
import { until } from './until';

export interface N8nOptions {
	/** Default: the newest that is known. */
	version?: N8nVersion;
	/** Where it keeps its data, as in N8N_USER_FOLDER. */
	userFolder: string;
	/** All that it prints is added to it. */
	logFile: string;
	/** More settings of n8n. */
	env?: Record<string, string>;
}

export interface RunningN8n {
	readonly version: N8nVersion;
	readonly userFolder: string;
	readonly logFile: string;
	readonly port: number;
	/** `http://127.0.0.1:PORT`; it answers at `http://localhost:PORT` too. */
	readonly url: string;
	/** Resolves when it ends, for whatever reason. */
	readonly exited: Promise<void>;
	/** Lets it end properly; after 20 seconds, it is killed. */
	stop(): Promise<void>;
	/** Kills it, like a machine that loses its power. */
	kill(): Promise<void>;
	/** Starts it again on the same port, with the same data; stops it before, if it runs. */
	restart(): Promise<void>;
}

const START_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 20_000;
/** n8n prints it when the routes are there and, in 1.x, all workflows are active. */
const READY_LINE = 'Editor is now accessible via';

async function answers(url: string): Promise<boolean> {
	const response = await fetch(url).catch(() => undefined);
	const isJson = response?.headers.get('content-type')?.includes('application/json');
	return response?.ok === true && isJson === true;
}

/**
 * Starts an n8n, which is installed first if need be, and waits until it answers. A workflow that was
 * published while it did not run may take some seconds more: see `waitUntilPublished`.
 * @param options.port 0 for a free one
 * @throws {Error} when the port is taken (code EADDRINUSE), or with the end of the log when n8n ends.
 */
export async function startN8n(options: N8nOptions & { port: number }): Promise<RunningN8n> {
	const { version = NEWEST, userFolder, logFile, env } = options;
	const installed = await installN8n(version);
	const port = await availablePort(options.port);
	await mkdir(userFolder, { recursive: true });
	const url = `http://127.0.0.1:${port}`;
	let group: ProcessGroup | undefined;

	const start = async () => {
		await availablePort(port);
		const brokerPort = await freePort();
		const from = endOfLog(logFile);
		const settings = { N8N_PORT: String(port), ...env };
		const started = startGroup(installed.node, [installed.n8n, 'start'], {
			cwd: userFolder,
			env: n8nEnvironment(installed, { userFolder, brokerPort, env: settings }),
			logFile,
		});
		group = started;
		const isReady = async () => {
			if (started.outcome !== undefined) throw new Error(`n8n has ended (${started.outcome}).`);
			const told = readLog(logFile, from).includes(READY_LINE);
			return (
				(told && (await answers(`${url}/healthz`)) && (await answers(`${url}/rest/settings`))) ||
				undefined
			);
		};
		await until('n8n to start', START_TIMEOUT_MS, isReady).catch(async (error: Error) => {
			await kill();
			throw new Error(`${error.message} ${lastLines(logFile, from)}`);
		});
	};
	const kill = async () => {
		group?.kill();
		await group?.exited;
	};
	const stop = async () => {
		group?.terminate();
		const tooLong = new AbortController();
		const timeout = sleep(STOP_TIMEOUT_MS, undefined, tooLong).catch(() => undefined);
		await Promise.race([group?.exited, timeout]);
		tooLong.abort();
		await kill();
	};
	await start();
	return {
		version,
		userFolder,
		logFile,
		port,
		url,
		get exited() {
			return group?.exited ?? Promise.resolve();
		},
		stop,
		kill,
		restart: async () => {
			await stop();
			await start();
		},
	};
}
