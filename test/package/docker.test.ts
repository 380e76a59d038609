import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { read } from './documents';
import { temporaryFolder } from './folders';

const TARBALL = '/opt/n8n-nodes-sahut/package.tgz';
const N8N_ENTRYPOINT = '/docker-entrypoint.sh';
const dockerfile = read('docker/Dockerfile');
const entrypoint = read('docker/entrypoint.sh');

test('the image contains the package and the entry point, and runs the entry point', () => {
	expect(dockerfile).toContain(`n8n-nodes-sahut-*.tgz ${TARBALL}`);
	expect(dockerfile).toContain('"sh", "/opt/n8n-nodes-sahut/entrypoint.sh"');
	expect(entrypoint).toContain(`tarball=${TARBALL}`);
	expect(entrypoint).toContain(`exec ${N8N_ENTRYPOINT} "$@"`);
});

describe('the entry point of the image', () => {
	const folder = temporaryFolder();
	const tarball = join(folder, 'package.tgz');
	const modules = join(folder, 'home/.n8n/nodes/node_modules');
	const manifest = join(modules, 'n8n-nodes-sahut/package.json');

	const createFile = (file: string) => {
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, '');
		return file;
	};

	/** Runs the entry point as a container does. @returns the arguments of n8n */
	const start = () => {
		const script = entrypoint.replace(TARBALL, tarball).replace(N8N_ENTRYPOINT, 'echo');
		return execFileSync('sh', ['-c', script, 'sh', 'worker', '--concurrency=5'], {
			env: { HOME: join(folder, 'home'), PATH: process.env.PATH },
			encoding: 'utf8',
		});
	};

	beforeAll(() => {
		// npm also packs all files in one folder.
		createFile(join(folder, 'package/package.json'));
		execFileSync('tar', ['-czf', tarball, '-C', folder, 'package']);
	});

	it('installs the package for n8n, and starts n8n with the given arguments', () => {
		expect(start()).toBe('worker --concurrency=5\n');
		expect(existsSync(manifest)).toBe(true);
	});

	it('does not change the package if it is already installed, since another container may have loaded it', () => {
		start();
		const marker = createFile(join(manifest, '../mark'));

		start();

		expect(existsSync(marker)).toBe(true);
	});

	it('replaces another build of the package, and does not change other packages', () => {
		const other = createFile(join(modules, 'n8n-nodes-other/package.json'));
		const old = createFile(join(modules, 'n8n-nodes-sahut/dist/old.js'));

		createFile(join(modules, 'n8n-nodes-sahut/package.tgz'));
		start();

		expect([other, manifest, old].map((file) => existsSync(file))).toEqual([true, true, false]);
	});
});
