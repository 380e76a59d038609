import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { findFreePort, makeTempFolder, startService, type Service } from '../n8n';
import { findProgram, postgresUser } from './systemPrograms';

const USER = 'n8n';
/** The default database of a new cluster. */
const DATABASE = 'postgres';

/**
 * Creates an empty database cluster in a folder, owned by the user that runs PostgreSQL.
 * @returns the path of the data
 */
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
 * Starts PostgreSQL with an empty database on a free port of 127.0.0.1.
 * @returns the process, and the settings with which n8n connects to it
 */
export async function startPostgres(
	logFile: string,
): Promise<{ service: Service; settings: Record<string, string> }> {
	const password = randomBytes(18).toString('base64url');
	const folder = makeTempFolder();
	const port = await findFreePort();
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
				// Its data are deleted after the test, so they need not survive a power failure.
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
