import { mkdir } from 'node:fs/promises';

import { n8nEnvironment } from './environment';
import { installN8n } from './install';
import { availablePort } from './ports';
import { NEWEST, type N8nVersion } from './releases';
import { startService, type Service } from './service';

export interface N8nOptions {
	/** Default: the newest that is known. */
	version?: N8nVersion | undefined;
	/** Where it keeps its data, as in N8N_USER_FOLDER. */
	userFolder: string;
	/** All that it prints is added to it. */
	logFile: string;
	/** More settings of n8n. */
	env?: Record<string, string>;
}

export interface RunningN8n extends Service {
	readonly version: N8nVersion;
	readonly userFolder: string;
	readonly port: number;
	/** `http://127.0.0.1:PORT`; it answers at `http://localhost:PORT` too. */
	readonly url: string;
	/**
	 * Starts it again on the same port, with the same data; stops it before, if it runs.
	 * @param env more settings, until the next time
	 */
	restart(env?: Record<string, string>): Promise<void>;
}

/** n8n prints it when the routes are there and, in 1.x, all workflows are active. */
const READY_LINE = 'Editor is now accessible via';

async function answers(url: string): Promise<boolean> {
	const response = await fetch(url).catch(() => undefined);
	const isJson = response?.headers.get('content-type')?.includes('application/json');
	return response?.ok === true && isJson === true;
}

/**
 * Starts one of n8n's processes, such as `worker`; n8n is installed first if need be.
 * @param isReady tells by what it has printed
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
		env: async () => await n8nEnvironment(installed, n8n),
		logFile: n8n.logFile,
		isReady,
	});
}

/**
 * Starts an n8n, which is installed first if need be, and waits until it answers. A workflow that was
 * published while it did not run may take some seconds more: see `waitUntilPublished`.
 * @param options.port 0 for a free one
 * @throws {Error} when the port is taken (code EADDRINUSE), or with the end of the log when n8n ends.
 */
export async function startN8n(options: N8nOptions & { port: number }): Promise<RunningN8n> {
	const { version = NEWEST, userFolder } = options;
	const port = await availablePort(options.port);
	const url = `http://127.0.0.1:${port}`;
	const isReady = async (printed: string) =>
		printed.includes(READY_LINE) &&
		(await answers(`${url}/healthz`)) &&
		(await answers(`${url}/rest/settings`));
	const env = { N8N_PORT: String(port), ...options.env };
	const settings = { ...options, env };
	const service = await startProcess('n8n', ['start'], isReady, settings);
	const restart = async (more: Record<string, string> = {}) => {
		await service.stop();
		settings.env = { ...env, ...more };
		await service.start();
	};
	return Object.assign(service, { version, userFolder, port, url, restart });
}
