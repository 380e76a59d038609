import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { check, lock } from 'proper-lockfile';

import type { Log } from './progress';

/** Written last, so that a folder without it is never taken for a whole one. */
const MARKER = 'complete';
/** After this time without a sign of life, the process that held a lock is taken for dead. */
const STALE_LOCK_MS = 30_000;
const LOCK_POLL_MS = 1_000;

/** Where all that is large and can be had again is kept: outside of the checkout. */
export function cacheFolder(): string {
	const base = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
	return join(base, 'n8n-nodes-sahut');
}

/** Of which the marker speaks: `n8n@2.41.1`. */
function isComplete(folder: string, content: string): boolean {
	const marker = join(folder, MARKER);
	return existsSync(marker) && readFileSync(marker, 'utf8').trim() === content;
}

async function lockFolder(folder: string, log: Log): Promise<() => Promise<void>> {
	const lockfilePath = `${folder}.lock`;
	const options = { lockfilePath, stale: STALE_LOCK_MS };
	if (await check(cacheFolder(), options)) {
		log(`Another process is working on ${folder}; waiting for it.`);
	}
	const poll = { forever: true, factor: 1, minTimeout: LOCK_POLL_MS, maxTimeout: LOCK_POLL_MS };
	return await lock(cacheFolder(), { ...options, retries: poll });
}

/**
 * A folder of the cache with `content` in it, made by `fill` unless it is there already. It appears
 * at once and whole; a second process that wants it meanwhile waits.
 * @returns its path
 */
export async function cachedFolder(
	name: string,
	content: string,
	log: Log,
	fill: (folder: string) => Promise<void>,
): Promise<string> {
	const folder = join(cacheFolder(), name);
	if (isComplete(folder, content)) return folder;

	await mkdir(cacheFolder(), { recursive: true });
	const unlock = await lockFolder(folder, log);
	const partial = `${folder}.partial`;
	try {
		if (isComplete(folder, content)) return folder;
		await rm(partial, { recursive: true, force: true });
		await rm(folder, { recursive: true, force: true });
		await mkdir(partial);
		await fill(partial);
		await writeFile(join(partial, MARKER), `${content}\n`);
		await rename(partial, folder);
		return folder;
	} finally {
		await rm(partial, { recursive: true, force: true });
		await unlock();
	}
}
