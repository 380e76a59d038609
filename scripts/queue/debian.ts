import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const ADVICE = 'install it by: apt-get install redis-server postgresql';

/** Where Debian puts PostgreSQL: `/usr/lib/postgresql/15/bin`. */
const POSTGRES_ROOT = '/usr/lib/postgresql';

/** The folders of PostgreSQL's programs that Debian keeps off the PATH, the newest version first. */
function postgresFolders(): string[] {
	if (!existsSync(POSTGRES_ROOT)) return [];
	return readdirSync(POSTGRES_ROOT)
		.sort((a, b) => Number(b) - Number(a))
		.map((version) => join(POSTGRES_ROOT, version, 'bin'));
}

/**
 * The path of `redis-server`, `initdb` or `postgres`.
 * @throws {Error} that says how to install it when it is missing.
 */
export function findProgram(name: 'initdb' | 'postgres' | 'redis-server'): string {
	const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...postgresFolders()];
	const found = folders.map((folder) => join(folder, name)).find(existsSync);
	if (found === undefined) throw new Error(`There is no ${name} on this machine; ${ADVICE}`);
	return found;
}

/**
 * The user that PostgreSQL runs as where this process is root, as which it refuses to run: Debian's
 * own for it. Undefined for everybody else.
 */
export function postgresUser(): { uid: number; gid: number } | undefined {
	if (process.getuid?.() !== 0) return undefined;
	const id = (option: string) =>
		Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
	return { uid: id('-u'), gid: id('-g') };
}
