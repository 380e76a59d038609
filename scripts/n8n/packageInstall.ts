import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { npm } from './npm';

const REPOSITORY = resolve(__dirname, '../..');
const NAME = 'n8n-nodes-sahut';

/**
 * Packs the files that `npm publish` would upload into an empty folder, as n8n's own tools do.
 * @returns the path of the tarball
 * @throws {Error} when the package has not been built.
 */
export function packPackage(folder: string): string {
	if (!existsSync(join(REPOSITORY, 'dist'))) {
		throw new Error('The package has not been built yet: run npm run build first.');
	}
	const pack = ['pack', '--ignore-scripts', '--pack-destination', folder];
	execFileSync('npm', pack, { cwd: REPOSITORY, stdio: 'pipe' });
	const [tarball = ''] = readdirSync(folder);
	return join(folder, tarball);
}

/** Returns the folder from which n8n loads the package. */
export function installedPackageFolder(userFolder: string): string {
	return join(userFolder, '.n8n/nodes/node_modules', NAME);
}

/** Installs the tarball into an n8n, and replaces any build of the package that was installed. */
export async function installPackage(userFolder: string, tarball: string): Promise<void> {
	const nodes = join(userFolder, '.n8n/nodes');
	await mkdir(nodes, { recursive: true });
	// npm does not distinguish builds of the same version: it would keep the old one.
	for (const old of [
		'package-lock.json',
		`node_modules/${NAME}`,
		'node_modules/.package-lock.json',
	]) {
		await rm(join(nodes, old), { recursive: true, force: true });
	}
	// Without a prefix, npm installs into the nearest parent folder that has packages.
	const into = ['--prefix', nodes];
	await npm(['install', ...into, '--omit=peer', '--ignore-scripts', tarball], nodes);
}

/** Packs the built package, and installs it into an n8n. */
export async function installBuild(userFolder: string): Promise<void> {
	// n8n's npm may need the tarball again when a user installs other packages.
	const folder = join(userFolder, 'package');
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	await installPackage(userFolder, packPackage(folder));
}
