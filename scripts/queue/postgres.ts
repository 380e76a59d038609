import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { freePort } from '../n8n';
import { findProgram, postgresUser, runAs } from './debian';
import { startService, type Service } from './service';
import { makeTempFolder } from './tempFolder';

export interface Postgres extends Service {
	readonly port: number;
	readonly user: string;
	readonly password: string;
	/** There from the start. */
	readonly database: string;
}

const USER = 'n8n';

/** Makes an empty cluster in the folder, owned by whoever is to run it. */
function initialize(folder: string, password: string): string {
	const owner = postgresUser();
	const data = join(folder, 'data');
	const passwordFile = join(folder, 'password');
	mkdirSync(data, { mode: 0o700 });
	writeFileSync(passwordFile, password, { mode: 0o600 });
	if (owner) {
		for (const path of [folder, data, passwordFile]) chownSync(path, owner.uid, owner.gid);
	}
	const [command, args] = runAs(owner, findProgram('initdb'), [
		...['--pgdata', data, '--username', USER, '--pwfile', passwordFile],
		...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--no-locale', '--no-sync'],
	]);
	execFileSync(command, args, { cwd: folder, stdio: 'pipe' });
	rmSync(passwordFile);
	return data;
}

/** Starts a PostgreSQL with an empty database on a free port of 127.0.0.1. */
export async function startPostgres(logFile: string): Promise<Postgres> {
	const program = findProgram('postgres');
	const password = randomBytes(18).toString('base64url');
	const folder = makeTempFolder();
	const start = async (): Promise<Postgres> => {
		const data = initialize(folder.path, password);
		const port = await freePort();
		const [command, args] = runAs(postgresUser(), program, [
			...['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', ''],
			// Its data are thrown away, so it need not survive a power cut.
			...['-c', 'fsync=off', '-c', 'max_connections=100'],
		]);
		const service = await startService({
			name: 'PostgreSQL',
			command,
			args,
			cwd: folder.path,
			env: async () => await Promise.resolve({ PATH: process.env['PATH'] }),
			logFile,
			readyLine: 'database system is ready to accept connections',
		});
		const stop = async () => {
			await service.stop();
			folder.remove();
		};
		return { ...service, stop, port, user: USER, password, database: 'postgres' };
	};
	return await start().catch((error: Error) => {
		folder.remove();
		throw error;
	});
}
