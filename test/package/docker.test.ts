import { execFileSync, spawnSync } from 'node:child_process';
import {
	chmodSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { load } from 'js-yaml';

import { read, REPOSITORY } from './documents';
import { temporaryFolder } from './folders';

const TARBALL = '/opt/n8n-nodes-sahut/package.tgz';
const N8N_ENTRYPOINT = '/docker-entrypoint.sh';
const dockerfile = read('docker/Dockerfile');
const entrypoint = read('docker/entrypoint.sh');
const manual = read('docker/README.md');
const temporary = temporaryFolder();

/** The folder of n8n's data in n8n's image. */
const DATA = '/home/node/.n8n';

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

test('the Dockerfile and its manual name the newest known version of n8n', () => {
	const [newest] = Object.keys(JSON.parse(read('scripts/n8n/knownReleases.json')) as object);

	expect(dockerfile).toContain(
		`ARG N8N_VERSION=${newest}\nFROM docker.n8n.io/n8nio/n8n:\${N8N_VERSION}\n`,
	);
	expect(manual.match(/\d+\.\d+\.\d+`/g)).toEqual([`${newest}\``, `${newest}\``]);
});

test('the compose file keeps the data of n8n in a named volume, and publishes the port on this machine only', () => {
	const { services, volumes } = load(read('docker/compose.yaml')) as {
		services: { n8n: { build: string; ports: string[]; volumes: string[] } };
		volumes: object;
	};

	expect(services.n8n).toMatchObject({
		build: '.',
		ports: ['127.0.0.1:5678:5678'],
		volumes: [`n8n_data:${DATA}`],
	});
	expect(Object.keys(volumes)).toEqual(['n8n_data']);
});

/** The linter of the Dockerfile language server. */
const LINTER = 'dockerfile-utils';
test('a linter has no finding in the Dockerfile, but finds an unknown instruction in a copy', () => {
	const linter = join(REPOSITORY, 'node_modules', LINTER, 'bin', LINTER);
	const wrong = join(temporary, 'Dockerfile');
	writeFileSync(wrong, dockerfile.replace('COPY', 'COPPY'));
	const lint = (file: string) => {
		const { status, stdout } = spawnSync(process.execPath, [linter, 'lint', file]);
		return { status, findings: String(stdout) };
	};

	expect(lint(join(REPOSITORY, 'docker/Dockerfile'))).toEqual({ status: 0, findings: '' });
	expect(lint(wrong)).toEqual({
		status: 1,
		findings: expect.stringContaining('Unknown instruction: COPPY'),
	});
});

describe("the manual's commands for an existing container, with a substitute for docker,", () => {
	const [host, bin, root] = ['host', 'bin', 'root'].map((name) => join(temporary, name));
	const data = join(root!, DATA);
	const installed = join(data, 'nodes/node_modules/n8n-nodes-sahut/package.json');
	/** The container `n8n` is the folder $ROOT. */
	const DOCKER = `#!/bin/sh
		set -eu
		case "$1" in
		cp) cp "$2" "$ROOT\${3#n8n:}" ;;
		exec) shift 2; HOME="$ROOT/home/node" "$@" ;;
		restart) ;;
		*) exit 1 ;;
		esac`;

	/** Runs the first commands after a text of the manual. */
	const runCommandsAfter = (text: string) => {
		const [, commands] = /```sh\n([^]*?)```/.exec(manual.slice(manual.indexOf(text)))!;
		const PATH = [bin, process.env.PATH].join(delimiter);
		execFileSync('sh', ['-ec', commands!], {
			cwd: host,
			env: { PATH, ROOT: root, HOME: host, npm_config_update_notifier: 'false' },
			stdio: 'pipe',
		});
	};

	beforeAll(() => {
		for (const folder of [host!, bin!, join(data, 'nodes/node_modules/n8n-nodes-other'), data]) {
			mkdirSync(folder, { recursive: true });
		}
		writeFileSync(join(bin!, 'docker'), DOCKER);
		chmodSync(join(bin!, 'docker'), 0o755);
		// n8n writes this when it installs another package.
		const other = { name: 'n8n-nodes-other', version: '1.0.0' };
		const ledger = { private: true, dependencies: { [other.name]: other.version } };
		writeFileSync(join(data, 'nodes/package.json'), JSON.stringify(ledger));
		writeFileSync(
			join(data, 'nodes/node_modules/n8n-nodes-other/package.json'),
			JSON.stringify(other),
		);
		// Without dependencies, so that npm does not need the registry.
		const manifest = { name: 'n8n-nodes-sahut', version: '1.0.0' };
		mkdirSync(join(host!, 'package'));
		writeFileSync(join(host!, 'package/package.json'), JSON.stringify(manifest));
		execFileSync('tar', ['-czf', join(host!, 'n8n-nodes-sahut-1.0.0.tgz'), '-C', host!, 'package']);
	});

	it('install the package where n8n loads it, and keep other packages', () => {
		runCommandsAfter('Install the package into the volume');

		expect(JSON.parse(readFileSync(installed, 'utf8'))).toMatchObject({ version: '1.0.0' });
		expect(readdirSync(join(data, 'nodes/node_modules')).filter((name) => name[0] !== '.')).toEqual(
			['n8n-nodes-other', 'n8n-nodes-sahut'],
		);
	});

	it('delete only the package', () => {
		runCommandsAfter('delete the package from the volume');

		expect(existsSync(installed)).toBe(false);
		expect(readdirSync(data)).toEqual(['nodes']);
		expect(readdirSync(join(data, 'nodes/node_modules'))).toContain('n8n-nodes-other');
	});
});
