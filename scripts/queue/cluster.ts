import { randomBytes } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';

import {
	findFreePort,
	installBuild,
	makeTempFolder,
	startN8n,
	startProcess,
	type RunningN8n,
	type Service,
} from '../n8n';
import { startPostgres } from './postgres';
import { startRedis } from './redis';

interface ClusterOptions {
	workers: number;
	/** The maximum of concurrent executions of a worker. */
	concurrency: number;
	webhookProcesses: number;
	/** The folder for the logs, with one file for each process. */
	logFolder: string;
	/** More settings for all n8n processes. */
	env?: Record<string, string>;
}

/** A process that receives the webhook calls of published workflows. */
interface WebhookProcess extends Service {
	/** `http://127.0.0.1:PORT` */
	readonly url: string;
}

/** An n8n in queue mode. */
export interface Cluster {
	/** The process with the editor and its API. It does not receive webhook calls of published workflows. */
	readonly main: RunningN8n;
	readonly workers: readonly Service[];
	readonly webhookProcesses: readonly WebhookProcess[];
	/** Stops all processes and deletes their data, but not their logs. */
	stop(): Promise<void>;
}

/**
 * Starts Redis, PostgreSQL and an n8n in queue mode with the built package. Each n8n process has its own
 * user folder, as on separate machines.
 * @throws {Error} when a program is missing or does not start. Stops all processes before.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
	const n8ns: Service[] = [];
	const servers: Service[] = [];
	const folder = makeTempFolder();
	const stop = async () => {
		// The data of n8n are not needed any more, and the servers stop fast without connections.
		await Promise.all(n8ns.map(async (each) => await each.kill()));
		await Promise.all(servers.map(async (each) => await each.stop()));
		folder.remove();
	};
	const track = <Each extends Service>(list: Service[], each: Each): Each => {
		list.push(each);
		return each;
	};
	const logFile = (name: string) => join(options.logFolder, `${name}.log`);

	const start = async (): Promise<Cluster> => {
		const redis = await startRedis(folder.path, logFile('redis'));
		track(servers, redis.service);
		const postgres = await startPostgres(logFile('postgres'));
		track(servers, postgres.service);
		const ports = await Promise.all(Array.from({ length: options.webhookProcesses }, findFreePort));
		const settings = {
			EXECUTIONS_MODE: 'queue',
			N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
			N8N_ENCRYPTION_KEY: randomBytes(24).toString('base64url'),
			WEBHOOK_URL: `http://127.0.0.1:${ports[0]}/`,
			...redis.settings,
			...postgres.settings,
			...options.env,
		};
		const installed = join(folder.path, 'installed');
		await installBuild(installed);
		const createHome = async (name: string, env: Record<string, string> = {}) => {
			const userFolder = join(folder.path, name);
			await cp(installed, userFolder, { recursive: true });
			return { userFolder, logFile: logFile(name), env: { ...settings, ...env } };
		};

		// The other processes need the tables that the main process creates.
		const main = track(n8ns, await startN8n({ ...(await createHome('main')), port: 0 }));
		const startTracked = async (
			name: string,
			args: string[],
			readyLine: string,
			env?: Record<string, string>,
		) => {
			const isReady = (printed: string) => printed.includes(readyLine);
			return track(n8ns, await startProcess(name, args, isReady, await createHome(name, env)));
		};
		const workers = Array.from({ length: options.workers }, async (_, index) => {
			const args = ['worker', `--concurrency=${options.concurrency}`];
			return await startTracked(`worker-${index + 1}`, args, 'n8n worker is now ready');
		});
		const webhookProcesses = ports.map(async (port, index) => {
			const readyLine = 'Webhook listener waiting for requests';
			const env = { N8N_PORT: String(port) };
			const service = await startTracked(`webhook-${index + 1}`, ['webhook'], readyLine, env);
			return Object.assign(service, { url: `http://127.0.0.1:${port}` });
		});
		// If one fails, the others are still starting. Wait for them, so that `stop` stops them too.
		await Promise.allSettled([...workers, ...webhookProcesses]);
		return {
			main,
			workers: await Promise.all(workers),
			webhookProcesses: await Promise.all(webhookProcesses),
			stop,
		};
	};
	return await start().catch(async (error: Error) => {
		await stop();
		throw error;
	});
}
