import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { freePort, makeTempFolder, startService, type Service } from '../n8n';
import { findProgram, postgresUser } from './debian';

const USER = 'n8n';
/** There from the start. */
const DATABASE = 'postgres';

/** Makes an empty cluster in the folder, owned by whoever is to run it. */
function initialize(folder: string, password: string): string {
	const user = postgresUser();
	const data = join(folder, 'data');
	const passwordFile = join(folder, 'password');
	mkdirSync(data, { mode: 0o700 });
	writeFileSync(passwordFile, password, { mode: 0o600 });
	if (user) {
		for (const path of [folder, data, passwordFile]) chownSync(path, user.uid, user.gid);
	}
	const args = [
		...['--pgdata', data, '--username', USER, '--pwfile', passwordFile],
		...['--auth', 'scram-sha-256', '--encoding', 'UTF8', '--no-locale', '--no-sync'],
	];
	execFileSync(findProgram('initdb'), args, { cwd: folder, stdio: 'pipe', ...user });
	rmSync(passwordFile);
	return data;
}

/**
 * Starts a PostgreSQL with an empty database on a free port of 127.0.0.1.
 * @returns it, and n8n's settings for it
 */
export async function startPostgres(
	logFile: string,
): Promise<{ service: Service; settings: Record<string, string> }> {
	const password = randomBytes(18).toString('base64url');
	const folder = makeTempFolder();
	const port = await freePort();
	const start = async () =>
		await startService({
			name: 'PostgreSQL',
			command: findProgram('postgres'),
			args: [
				...[
					'-D',
					initialize(folder.path, password),
					'-p',
					String(port),
					'-h',
					'127.0.0.1',
					'-k',
					'',
				],
				// Its data are thrown away, so it need not survive a power cut.
				...['-c', 'fsync=off', '-c', 'max_connections=100'],
			],
			cwd: folder.path,
			user: postgresUser(),
			env: () => ({ PATH: process.env['PATH'] }),
			logFile,
			isReady: (printed) => printed.includes('database system is ready to accept connections'),
		});
	const service = await start().catch((error: Error) => {
		folder.remove();
		throw error;
	});
	const stop = async () => {
		await service.stop();
		folder.remove();
	};
	return {
		service: { ...service, stop },
		settings: {
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(port),
			DB_POSTGRESDB_DATABASE: DATABASE,
			DB_POSTGRESDB_USER: USER,
			DB_POSTGRESDB_PASSWORD: password,
		},
	};
}
