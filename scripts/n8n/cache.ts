import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { check, lock } from 'proper-lockfile';

import type { Log } from './progress';

/** Written last: a folder without this file is incomplete. */
const MARKER = 'complete';
/** A lock that was not refreshed for this time is stale. */
const STALE_LOCK_MS = 30_000;
const LOCK_POLL_MS = 1_000;

/** Returns the folder for large downloads, which is outside of the repository. */
export function cacheFolder(): string {
	const base = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
	return join(base, 'n8n-nodes-sahut');
}

/** Returns whether a folder has the content that its marker names, e.g. `n8n@2.41.1`. */
function isComplete(folder: string, content: string): boolean {
	const marker = join(folder, MARKER);
	return existsSync(marker) && readFileSync(marker, 'utf8').trim() === content;
}

async function lockFolder(folder: string, log: Log): Promise<() => Promise<void>> {
	const lockfilePath = `${folder}.lock`;
	const options = { lockfilePath, stale: STALE_LOCK_MS };
	if (await check(cacheFolder(), options)) {
		log(`Another process is writing to ${folder}. Waiting for it.`);
	}
	const poll = { forever: true, factor: 1, minTimeout: LOCK_POLL_MS, maxTimeout: LOCK_POLL_MS };
	return await lock(cacheFolder(), { ...options, retries: poll });
}

/**
 * Returns a folder of the cache, and fills it first unless it has `content`. The folder appears
 * atomically. Other processes that need it meanwhile wait.
 * @param name the name of the folder
 * @param content e.g. `n8n@2.41.1`
 * @param fill writes the content into a temporary folder
 * @returns the path of the folder
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
