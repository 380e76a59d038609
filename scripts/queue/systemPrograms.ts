import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const ADVICE = 'Install it: apt-get install redis-server postgresql';

/** The folder in which Debian installs PostgreSQL, e.g. `/usr/lib/postgresql/15/bin`. */
const POSTGRES_ROOT = '/usr/lib/postgresql';

/** Returns the folders of PostgreSQL's programs, newest version first. Debian does not add them to the PATH. */
function postgresFolders(): string[] {
	if (!existsSync(POSTGRES_ROOT)) return [];
	return readdirSync(POSTGRES_ROOT)
		.sort((a, b) => Number(b) - Number(a))
		.map((version) => join(POSTGRES_ROOT, version, 'bin'));
}

/**
 * Returns the path of `redis-server`, `initdb` or `postgres`.
 * @throws {Error} with installation advice when the program is missing.
 */
export function findProgram(name: 'initdb' | 'postgres' | 'redis-server'): string {
	const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...postgresFolders()];
	const found = folders.map((folder) => join(folder, name)).find(existsSync);
	if (found === undefined) throw new Error(`This machine has no ${name}. ${ADVICE}`);
	return found;
}

/**
 * Returns Debian's `postgres` user if this process runs as root, since PostgreSQL refuses to run as root.
 * Undefined for any other user.
 */
export function postgresUser(): { uid: number; gid: number } | undefined {
	if (process.getuid?.() !== 0) return undefined;
	const id = (option: string) =>
		Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
	return { uid: id('-u'), gid: id('-g') };
}
