import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { packPackage } from '../../scripts/n8n/ownPackage';

export const REPOSITORY = resolve(__dirname, '../..');

export const makeTemporaryFolder = () => mkdtempSync(join(tmpdir(), 'n8n-nodes-sahut-'));

/** Packs what `npm publish` would upload and unpacks it into `target`, with the commands that n8n uses. */
export function unpackTarball(target: string): void {
	mkdirSync(target, { recursive: true });
	const folder = makeTemporaryFolder();
	try {
		execFileSync('tar', ['-xzf', packPackage(folder), '-C', target, '--strip-components=1']);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** Runs Node.js in a process of its own, outside of Jest, and returns the JSON it prints. */
export function runNode<Result>(args: string[], env: NodeJS.ProcessEnv): Result {
	const output = execFileSync(process.execPath, args, {
		env: { PATH: process.env.PATH, ...env },
		encoding: 'utf8',
	});
	return JSON.parse(output) as Result;
}
