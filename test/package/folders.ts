import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { listFiles, REPOSITORY } from './documents';

/** The source that n8n verifies, and the files that the verification needs. */
const VERIFIED_FILES = [
	'credentials',
	'icons',
	'index.js',
	'nodes',
	'package.json',
	'tsconfig.json',
];

/** Code that violates n8n's rules. */
export const VIOLATION = '\nexports.home = process.env.HOME;\n';

/** Creates an empty folder, and deletes it after the tests of this `describe`. */
export function temporaryFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-sahut-'));
	afterAll(() => rmSync(folder, { recursive: true }));
	return folder;
}

/** Copies the published source into a folder, and links the development tools. */
export function copySource(folder: string): void {
	for (const file of listFiles(...VERIFIED_FILES))
		cpSync(join(REPOSITORY, file), join(folder, file));
	symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
}

/** Runs Node.js in a separate process, outside of Jest. @returns the JSON that it prints */
export function runNode<Result>(args: string[], env: NodeJS.ProcessEnv = {}): Result {
	const output = execFileSync(process.execPath, args, {
		env: { PATH: process.env.PATH, ...env },
		encoding: 'utf8',
	});
	return JSON.parse(output) as Result;
}
