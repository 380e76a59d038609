import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const REPOSITORY = resolve(__dirname, '../..');

/** Returns whether a file or folder exists. @param path relative to the root of the repository */
export const existsInRepository = (path: string) => existsSync(join(REPOSITORY, path));

/** Reads a file. @param path relative to the root of the repository */
export const read = (path: string) => readFileSync(join(REPOSITORY, path), 'utf8');

/** Returns the files that match git's pathspecs, including files that are not yet committed. */
export function listFiles(...pathspecs: string[]): string[] {
	const list = ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...pathspecs];
	return execFileSync('git', list, { cwd: REPOSITORY, encoding: 'utf8' })
		.split('\n')
		.filter((path) => path !== '' && existsInRepository(path));
}
