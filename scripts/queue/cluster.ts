import { randomBytes } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';

import {
	freePort,
	installPackage,
	packPackage,
	startN8n,
	type N8nVersion,
	type RunningN8n,
} from '../n8n';
import { startPostgres, type Postgres } from './postgres';
import { startWebhookProcess, startWorkerProcess, type WebhookProcess } from './n8nProcesses';
import { startRedis, type Redis } from './redis';
import type { Service } from './service';
import { makeTempFolder } from './tempFolder';

export interface ClusterOptions {
	/** Default: the newest that is known. */
	version?: N8nVersion;
	workers: number;
	/** Executions that a worker runs at once. */
	concurrency: number;
	webhookProcesses: number;
	/** What each process prints goes into a file of its own there. */
	logFolder: string;
	/** More settings for all processes of n8n. */
	env?: Record<string, string>;
}

interface Killable {
	kill(): Promise<void>;
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

function queueSettings(redis: Redis, postgres: Postgres, webhookPort = 0) {
	return {
		EXECUTIONS_MODE: 'queue',
		N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
		N8N_ENCRYPTION_KEY: randomBytes(24).toString('base64url'),
		WEBHOOK_URL: `http://127.0.0.1:${webhookPort}/`,
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redis.port),
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: String(postgres.port),
		DB_POSTGRESDB_DATABASE: postgres.database,
		DB_POSTGRESDB_USER: postgres.user,
		DB_POSTGRESDB_PASSWORD: postgres.password,
	};
}

function numbered(name: string, count: number): string[] {
	return Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
}

/**
 * Starts Redis, PostgreSQL and an n8n in queue mode that has this package, as it is in dist/. Each
 * process has a user folder of its own, as on machines of their own.
 * @throws {Error} when something is missing or does not start; nothing is left running then.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
	const { version, workers, concurrency, webhookProcesses, logFolder, env = {} } = options;
	const n8ns: Killable[] = [];
	const servers: Service[] = [];
	const folder = makeTempFolder();
	const stop = async () => {
		// What n8n has is thrown away, and the servers end at once when nobody is connected.
		await Promise.all(n8ns.map(async (each) => await each.kill()));
		await Promise.all(servers.map(async (each) => await each.stop()));
		folder.remove();
	};
	const logFile = (name: string) => join(logFolder, `${name}.log`);
	const keep = <Each extends Kept, Kept>(list: Kept[], each: Each): Each => {
		list.push(each);
		return each;
	};

	const start = async (): Promise<Cluster> => {
		const redis = keep(servers, await startRedis(folder.path, logFile('redis')));
		const postgres = keep(servers, await startPostgres(logFile('postgres')));
		const ports = await Promise.all(Array.from({ length: webhookProcesses }, freePort));
		const settings = { ...queueSettings(redis, postgres, ports[0]), ...env };

		const installed = join(folder.path, 'installed');
		const packed = makeTempFolder();
		await installPackage(installed, packPackage(packed.path)).finally(packed.remove);
		const place = async (name: string) => {
			const userFolder = join(folder.path, name);
			await cp(installed, userFolder, { recursive: true });
			return { userFolder, logFile: logFile(name), env: settings, ...(version && { version }) };
		};

		// The others wait for the tables that it makes.
		const main = keep(n8ns, await startN8n({ ...(await place('main')), port: 0 }));
		const startWorker = async (name: string) =>
			keep(n8ns, await startWorkerProcess(name, concurrency, await place(name)));
		const startWebhook = async (name: string, index: number) =>
			keep(n8ns, await startWebhookProcess(name, ports[index]!, await place(name)));
		const workerStarts = numbered('worker', workers).map(startWorker);
		const webhookStarts = numbered('webhook', webhookProcesses).map(startWebhook);
		// When one fails, the others are still starting: they are to be stopped as well.
		await Promise.allSettled([...workerStarts, ...webhookStarts]);
		return {
			main,
			workers: await Promise.all(workerStarts),
			webhookProcesses: await Promise.all(webhookStarts),
			stop,
		};
	};
	return await start().catch(async (error: Error) => {
		await stop();
		throw error;
	});
}
