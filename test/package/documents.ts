import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const REPOSITORY = resolve(__dirname, '../..');

/** Whether the repository has such a file or folder; the path begins at its root. */
export const isThere = (path: string) => existsSync(join(REPOSITORY, path));

/** The text of a file of the repository. */
export const read = (path: string) => readFileSync(join(REPOSITORY, path), 'utf8');

/** The files of the repository that match git's pathspecs, those not yet committed included. */
export function filesOf(...pathspecs: string[]): string[] {
	const list = ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...pathspecs];
	return execFileSync('git', list, { cwd: REPOSITORY, encoding: 'utf8' })
		.split('\n')
		.filter((path) => path !== '' && isThere(path));
}
