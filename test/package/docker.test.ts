import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { read } from './documents';
import { temporaryFolder } from './folders';

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
	const folder = temporaryFolder();
	const tarball = join(folder, 'package.tgz');
	const modules = join(folder, 'home/.n8n/nodes/node_modules');
	const manifest = join(modules, 'n8n-nodes-sahut/package.json');

	const put = (file: string) => {
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, '');
		return file;
	};

	/** As a container does. @returns what n8n is started with */
	const start = () => {
		const script = entrypoint.replace(TARBALL, tarball).replace(START_OF_N8N, 'echo');
		return execFileSync('sh', ['-c', script, 'sh', 'worker', '--concurrency=5'], {
			env: { HOME: join(folder, 'home'), PATH: process.env.PATH },
			encoding: 'utf8',
		});
	};

	beforeAll(() => {
		// All in one folder, as npm packs it.
		put(join(folder, 'package/package.json'));
		execFileSync('tar', ['-czf', tarball, '-C', folder, 'package']);
	});

	it('puts the package where n8n looks for it, and starts n8n', () => {
		expect(start()).toBe('worker --concurrency=5\n');
		expect(existsSync(manifest)).toBe(true);
	});

	it('leaves the package alone that is there already, since another container may have loaded it', () => {
		start();
		const mark = put(join(manifest, '../mark'));

		start();

		expect(existsSync(mark)).toBe(true);
	});

	it('puts it in the place of another build, and leaves other packages alone', () => {
		const other = put(join(modules, 'n8n-nodes-other/package.json'));
		const old = put(join(modules, 'n8n-nodes-sahut/dist/old.js'));

		put(join(modules, 'n8n-nodes-sahut/package.tgz'));
		start();

		expect([other, manifest, old].map((file) => existsSync(file))).toEqual([true, true, false]);
	});
});
