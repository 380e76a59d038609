import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { cachedFolder, cacheFolder } from '../../../scripts/n8n/cache';

const FILL_MS = 300;
const ORIGINAL_CACHE_HOME = process.env['XDG_CACHE_HOME'];

const logged: string[] = [];
const log = (line: string) => logged.push(line);

/** Writes a file, and returns after {@link FILL_MS}. */
async function fill(folder: string): Promise<void> {
	writeFileSync(join(folder, 'file'), 'complete');
	await sleep(FILL_MS);
}

beforeEach(() => {
	process.env['XDG_CACHE_HOME'] = mkdtempSync(join(tmpdir(), 'n8n-nodes-sahut-'));
});
afterEach(() => {
	rmSync(process.env['XDG_CACHE_HOME']!, { recursive: true });
	if (ORIGINAL_CACHE_HOME === undefined) delete process.env['XDG_CACHE_HOME'];
	else process.env['XDG_CACHE_HOME'] = ORIGINAL_CACHE_HOME;
	logged.length = 0;
});

it('fills a folder once, and reuses it', async () => {
	const folder = await cachedFolder('thing', 'thing@1', log, fill);

	expect(folder).toBe(join(cacheFolder(), 'thing'));

	const failToFill = async () => await Promise.reject(new Error('filled again'));

	expect(await cachedFolder('thing', 'thing@1', log, failToFill)).toBe(folder);
	expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('complete');
});

it('fills a folder once for two concurrent callers, and logs that the second one waits', async () => {
	let fills = 0;
	const count = async (folder: string) => {
		fills++;
		await fill(folder);
	};
	const first = cachedFolder('thing', 'thing@1', log, count);
	await sleep(FILL_MS / 3);

	const second = cachedFolder('thing', 'thing@1', log, count);

	expect(await second).toBe(await first);
	expect(fills).toBe(1);
	expect(logged.join()).toContain('Another process');
});

it('leaves no folder if filling it fails, and can fill it later', async () => {
	const fail = async (folder: string) => {
		await fill(folder);
		throw new Error('no space left on device');
	};

	await expect(cachedFolder('thing', 'thing@1', log, fail)).rejects.toThrow('no space left');
	expect(readdirSync(cacheFolder())).toEqual([]);
	expect(existsSync(join(await cachedFolder('thing', 'thing@1', log, fill), 'file'))).toBe(true);
});

it('fills a folder again if it is incomplete or has other content', async () => {
	const folder = await cachedFolder('thing', 'thing@1', log, fill);

	rmSync(join(folder, 'complete'));
	writeFileSync(join(folder, 'file'), 'incomplete');
	await cachedFolder('thing', 'thing@1', log, fill);

	expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('complete');

	const other = async (partial: string) => writeFileSync(join(partial, 'other'), '');
	await cachedFolder('thing', 'thing@2', log, other);

	expect(readdirSync(folder).sort()).toEqual(['complete', 'other']);
});
