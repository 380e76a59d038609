import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { npm } from './npm';

const REPOSITORY = resolve(__dirname, '../..');
const NAME = 'n8n-nodes-sahut';

/**
 * Packs what `npm publish` would upload into an empty folder, as n8n's own tools do.
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

/** The folder from which an n8n loads the package. */
export function installedPackage(userFolder: string): string {
	return join(userFolder, '.n8n/nodes/node_modules', NAME);
}

/** Installs the tarball into an n8n, in the place of whatever build of the package it had. */
export async function installPackage(userFolder: string, tarball: string): Promise<void> {
	const nodes = join(userFolder, '.n8n/nodes');
	await mkdir(nodes, { recursive: true });
	// Builds of one version are all the same to npm: it would leave the old one where it is.
	for (const old of [
		'package-lock.json',
		`node_modules/${NAME}`,
		'node_modules/.package-lock.json',
	]) {
		await rm(join(nodes, old), { recursive: true, force: true });
	}
	// Without it, npm installs into a folder above that has packages already.
	const into = ['--prefix', nodes];
	await npm(['install', ...into, '--omit=peer', '--ignore-scripts', tarball], nodes);
}

/** Packs the package as it has been built, and installs it into an n8n. */
export async function installBuild(userFolder: string): Promise<void> {
	// n8n's npm may want the tarball again when people install other packages.
	const folder = join(userFolder, 'package');
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	await installPackage(userFolder, packPackage(folder));
}
