import { randomBytes } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';

import {
	freePort,
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
	/** Executions that a worker runs at once. */
	concurrency: number;
	webhookProcesses: number;
	/** What each process prints goes into a file of its own there. */
	logFolder: string;
	/** More settings for all processes of n8n. */
	env?: Record<string, string>;
}

/** Takes the calls of published workflows. */
interface WebhookProcess extends Service {
	/** `http://127.0.0.1:PORT` */
	readonly url: string;
}

/** An n8n in queue mode. */
export interface Cluster {
	/** With the editor and its API; it takes no webhooks of published workflows. */
	readonly main: RunningN8n;
	readonly workers: readonly Service[];
	readonly webhookProcesses: readonly WebhookProcess[];
	/** Ends all of it and removes its data; its logs stay. */
	stop(): Promise<void>;
}

/**
 * Starts Redis, PostgreSQL and an n8n in queue mode that has this package, as it is in dist/. Each
 * process has a user folder of its own, as on machines of their own.
 * @throws {Error} when something is missing or does not start; nothing is left running then.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
	const n8ns: Service[] = [];
	const servers: Service[] = [];
	const folder = makeTempFolder();
	const stop = async () => {
		// What n8n has is thrown away, and the servers end at once when nobody is connected.
		await Promise.all(n8ns.map(async (each) => await each.kill()));
		await Promise.all(servers.map(async (each) => await each.stop()));
		folder.remove();
	};
	const keep = <Each extends Service>(list: Service[], each: Each): Each => {
		list.push(each);
		return each;
	};
	const logFile = (name: string) => join(options.logFolder, `${name}.log`);

	const start = async (): Promise<Cluster> => {
		const redis = await startRedis(folder.path, logFile('redis'));
		keep(servers, redis.service);
		const postgres = await startPostgres(logFile('postgres'));
		keep(servers, postgres.service);
		const ports = await Promise.all(Array.from({ length: options.webhookProcesses }, freePort));
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
		const place = async (name: string, env: Record<string, string> = {}) => {
			const userFolder = join(folder.path, name);
			await cp(installed, userFolder, { recursive: true });
			return { userFolder, logFile: logFile(name), env: { ...settings, ...env } };
		};

		// The others wait for the tables that it makes.
		const main = keep(n8ns, await startN8n({ ...(await place('main')), port: 0 }));
		const startKept = async (
			name: string,
			args: string[],
			readyLine: string,
			env?: Record<string, string>,
		) => {
			const isReady = (printed: string) => printed.includes(readyLine);
			return keep(n8ns, await startProcess(name, args, isReady, await place(name, env)));
		};
		const workers = Array.from({ length: options.workers }, async (_, index) => {
			const args = ['worker', `--concurrency=${options.concurrency}`];
			return await startKept(`worker-${index + 1}`, args, 'n8n worker is now ready');
		});
		const webhookProcesses = ports.map(async (port, index) => {
			const readyLine = 'Webhook listener waiting for requests';
			const env = { N8N_PORT: String(port) };
			const service = await startKept(`webhook-${index + 1}`, ['webhook'], readyLine, env);
			return Object.assign(service, { url: `http://127.0.0.1:${port}` });
		});
		// When one fails, the others are still starting: they are to be stopped as well.
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
