import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { filesOf, REPOSITORY } from './documents';

/** What n8n verifies of the source, and what that takes. */
const SHIPPED = ['credentials', 'icons', 'index.js', 'nodes', 'package.json', 'tsconfig.json'];

/** The rules of n8n forbid it. */
export const FORBIDDEN = '\nexports.home = process.env.HOME;\n';

/** An empty folder, which goes when the tests of this `describe` have ended. */
export function temporaryFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-sahut-'));
	afterAll(() => rmSync(folder, { recursive: true }));
	return folder;
}

/** Puts the source of what ships into a folder, with the tools for it. */
export function copySource(folder: string): void {
	for (const file of filesOf(...SHIPPED)) cpSync(join(REPOSITORY, file), join(folder, file));
	symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
}

/** Runs Node.js in a process of its own, outside of Jest, and returns the JSON it prints. */
export function runNode<Result>(args: string[], env: NodeJS.ProcessEnv = {}): Result {
	const output = execFileSync(process.execPath, args, {
		env: { PATH: process.env.PATH, ...env },
		encoding: 'utf8',
	});
	return JSON.parse(output) as Result;
}
