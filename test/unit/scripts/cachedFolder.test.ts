import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { cachedFolder, cacheFolder } from '../../../scripts/n8n/cache';

const base = process.env['XDG_CACHE_HOME'];
const said: string[] = [];
const log = (line: string) => said.push(line);

/** Writes a file and takes a while. */
async function fill(folder: string): Promise<void> {
	writeFileSync(join(folder, 'file'), 'whole');
	await sleep(300);
}

beforeEach(() => {
	process.env['XDG_CACHE_HOME'] = mkdtempSync(join(tmpdir(), 'n8n-nodes-sahut-'));
});
afterEach(() => {
	rmSync(process.env['XDG_CACHE_HOME']!, { recursive: true });
	if (base === undefined) delete process.env['XDG_CACHE_HOME'];
	else process.env['XDG_CACHE_HOME'] = base;
	said.length = 0;
});

it('is filled once and then taken as it is', async () => {
	const folder = await cachedFolder('thing', 'thing@1', log, fill);

	expect(folder).toBe(join(cacheFolder(), 'thing'));

	const refuse = async () => await Promise.reject(new Error('filled again'));

	expect(await cachedFolder('thing', 'thing@1', log, refuse)).toBe(folder);
	expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('whole');
});

it('is filled by one of two that want it at once, while the other waits', async () => {
	let fills = 0;
	const count = async (folder: string) => {
		fills++;
		await fill(folder);
	};
	const first = cachedFolder('thing', 'thing@1', log, count);
	await sleep(100);

	const second = cachedFolder('thing', 'thing@1', log, count);

	expect(await second).toBe(await first);
	expect(fills).toBe(1);
	expect(said.join()).toContain('Another process');
});

it('is not there when filling it has failed, and can be filled afterwards', async () => {
	const fail = async (folder: string) => {
		await fill(folder);
		throw new Error('no space left on device');
	};

	await expect(cachedFolder('thing', 'thing@1', log, fail)).rejects.toThrow('no space left');
	expect(readdirSync(cacheFolder())).toEqual([]);
	expect(existsSync(join(await cachedFolder('thing', 'thing@1', log, fill), 'file'))).toBe(true);
});

it('is filled anew when it is a half one, or has something else in it', async () => {
	const folder = await cachedFolder('thing', 'thing@1', log, fill);

	rmSync(join(folder, 'complete'));
	writeFileSync(join(folder, 'file'), 'half');
	await cachedFolder('thing', 'thing@1', log, fill);

	expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('whole');

	const other = async (partial: string) => writeFileSync(join(partial, 'other'), '');
	await cachedFolder('thing', 'thing@2', log, other);

	expect(readdirSync(folder).sort()).toEqual(['complete', 'other']);
});
