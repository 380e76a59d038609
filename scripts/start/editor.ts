import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import {
	cacheFolder,
	installPackage,
	packPackage,
	startN8n,
	throwAwayLogin,
	signIn,
	type RunningN8n,
	type Session,
} from '../n8n';
import type { StartOptions } from './options';

const TIME_ZONE = 'Asia/Jakarta';

/** Puts the package, as it has been built, into the n8n of this port. */
async function installBuild(userFolder: string): Promise<void> {
	const folder = join(userFolder, 'package');
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	await installPackage(userFolder, packPackage(folder));
}

/**
 * Starts an n8n with the package on a port. Each port has its own data, which are kept from one start
 * to the next unless `fresh`. With `watch`, it reloads the package when its files change.
 */
export async function startEditor({
	port,
	fresh,
	watch,
}: Pick<StartOptions, 'port' | 'fresh' | 'watch'>): Promise<RunningN8n> {
	const userFolder = join(cacheFolder(), `editor-${port}`);
	if (fresh) await rm(userFolder, { recursive: true, force: true });
	await installBuild(userFolder);
	const logFile = join(userFolder, 'n8n.log');
	await rm(logFile, { force: true });
	const env = { GENERIC_TIMEZONE: TIME_ZONE, ...(watch && { N8N_DEV_RELOAD: 'true' }) };
	return await startN8n({ userFolder, logFile, port, env });
}

/** @throws {Error} that says what to do when the owner has another login by now. */
export async function signInToEditor(n8n: RunningN8n): Promise<Session> {
	return await signIn(n8n, throwAwayLogin(n8n.userFolder)).catch((error: Error) => {
		const advice = 'If you have changed the login: npm start -- --fresh begins without old data.';
		throw new Error(`${error.message}\n${advice}`);
	});
}
