import { mkdir } from 'node:fs/promises';

import { buildN8nEnvironment } from './environment';
import { installN8n } from './install';
import { resolvePort } from './ports';
import { NEWEST, type N8nVersion } from './releases';
import { startService, type Service } from './service';

/** The options of an n8n process. */
export interface N8nOptions {
	/** Default: the newest known version. */
	version?: N8nVersion | undefined;
	/** The data folder, as in N8N_USER_FOLDER. */
	userFolder: string;
	/** The file to which all output is appended. */
	logFile: string;
	/** Additional settings. */
	env?: Record<string, string>;
}

/** A running n8n, with its address. */
export interface RunningN8n extends Service {
	readonly version: N8nVersion;
	readonly userFolder: string;
	readonly port: number;
	/** `http://127.0.0.1:PORT`. `http://localhost:PORT` works as well. */
	readonly url: string;
	/**
	 * Restarts n8n on the same port with the same data.
	 * @param env additional settings, until the next restart
	 */
	restart(env?: Record<string, string>): Promise<void>;
}

/** n8n prints this line when its routes are registered and, in 1.x, all workflows are active. */
const READY_LINE = 'Editor is now accessible via';

async function respondsWithJson(url: string): Promise<boolean> {
	const response = await fetch(url).catch(() => undefined);
	const isJson = response?.headers.get('content-type')?.includes('application/json');
	return response?.ok === true && isJson === true;
}

/**
 * Starts an n8n process, such as `worker`. Installs n8n first if necessary.
 * @param isReady returns whether the process is ready, given its output
 */
export async function startProcess(
	name: string,
	args: string[],
	isReady: (printed: string) => Promise<boolean> | boolean,
	n8n: N8nOptions,
): Promise<Service> {
	const installed = await installN8n(n8n.version);
	await mkdir(n8n.userFolder, { recursive: true });
	return await startService({
		name,
		command: installed.node,
		args: [installed.n8n, ...args],
		cwd: n8n.userFolder,
		env: async () => await buildN8nEnvironment(installed, n8n),
		logFile: n8n.logFile,
		isReady,
	});
}

/**
 * Starts an n8n, and waits until it responds. Installs it first if necessary. Its published workflows may
 * become active some seconds later: see `waitUntilPublished`.
 * @param options.port 0 for any free port
 * @throws {Error} when the port is in use (code EADDRINUSE), or with the end of the log when n8n exits.
 */
export async function startN8n(options: N8nOptions & { port: number }): Promise<RunningN8n> {
	const { version = NEWEST, userFolder } = options;
	const port = await resolvePort(options.port);
	const url = `http://127.0.0.1:${port}`;
	const isReady = async (printed: string) =>
		printed.includes(READY_LINE) &&
		(await respondsWithJson(`${url}/healthz`)) &&
		(await respondsWithJson(`${url}/rest/settings`));
	const env = { N8N_PORT: String(port), ...options.env };
	const settings = { ...options, env };
	const service = await startProcess('n8n', ['start'], isReady, settings);
	const restart = async (additionalEnv: Record<string, string> = {}) => {
		await service.stop();
		settings.env = { ...env, ...additionalEnv };
		await service.start();
	};
	return Object.assign(service, { version, userFolder, port, url, restart });
}
