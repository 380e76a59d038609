import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { packPackage } from '../../scripts/n8n/ownPackage';
import { read } from './documents';
import { makeTemporaryFolder } from './unpackedTarball';

const TARBALL = '/opt/n8n-nodes-sahut/package.tgz';
const START_OF_N8N = '/docker-entrypoint.sh';
const dockerfile = read('docker/Dockerfile');
const entrypoint = read('docker/entrypoint.sh');

test('the image has what its entry point looks for, and starts it', () => {
	expect(dockerfile).toContain(`n8n-nodes-sahut-*.tgz ${TARBALL}`);
	expect(dockerfile).toContain('"sh", "/opt/n8n-nodes-sahut/entrypoint.sh"');
	expect(entrypoint).toContain(`tarball=${TARBALL}`);
	expect(entrypoint).toContain(`exec ${START_OF_N8N} "$@"`);
});

describe('the entry point of the image', () => {
	const folder = makeTemporaryFolder();
	const home = join(folder, 'home');
	const modules = join(home, '.n8n/nodes/node_modules');
	const manifest = join(modules, 'n8n-nodes-sahut/package.json');
	let script: string;

	/** As a container does. @returns what n8n is started with */
	const start = () =>
		execFileSync('sh', ['-c', script, 'sh', 'worker', '--concurrency=5'], {
			env: { HOME: home, PATH: process.env.PATH },
			encoding: 'utf8',
		});

	beforeAll(() => {
		const packed = join(folder, 'packed');
		mkdirSync(packed);
		script = entrypoint.replace(TARBALL, packPackage(packed)).replace(START_OF_N8N, 'echo');
	});
	afterAll(() => rmSync(folder, { recursive: true }));

	it('puts the package where n8n looks for it, and starts n8n', () => {
		expect(start()).toBe('worker --concurrency=5\n');
		expect(existsSync(manifest)).toBe(true);
	});

	it('leaves the package alone that is there already, since another container may have loaded it', () => {
		start();
		const mark = join(manifest, '../mark');
		writeFileSync(mark, '');
		start();
		expect(existsSync(mark)).toBe(true);
	});

	it('puts it in the place of another build, and leaves other packages alone', () => {
		const other = join(modules, 'n8n-nodes-other/package.json');
		const old = join(modules, 'n8n-nodes-sahut/dist/old.js');
		mkdirSync(join(other, '..'));
		for (const file of [other, old, join(modules, 'n8n-nodes-sahut/package.tgz')]) {
			writeFileSync(file, '');
		}
		start();
		expect([other, manifest, old].map((file) => existsSync(file))).toEqual([true, true, false]);
	});
});
