import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { startSandbox } from '../sandbox';
import { startExampleModel } from './exampleModel';
import { startGoogleSheets, type GoogleSheets } from './googleSheets';
import {
	resolvePort,
	cacheFolder,
	installBuild,
	installN8n,
	logTail,
	signIn,
	startN8n,
	type RunningN8n,
} from './n8n';
import { compileOnChange } from './start/compileOnChange';
import { ensureCredential, ensureExamples } from './start/ensureExamples';
import { startMessage } from './start/startMessage';
import { parseOptions, type StartOptions } from './start/options';

const TIME_ZONE = 'Asia/Jakarta';

/**
 * Starts an n8n with the package. Each port has its own data folder.
 * @param options.fresh whether to delete the data of earlier starts
 * @param options.watch whether n8n reloads the package when its files change
 */
async function startEditor(
	{ port, fresh, watch }: Pick<StartOptions, 'port' | 'fresh' | 'watch'>,
	google: GoogleSheets,
): Promise<RunningN8n> {
	const userFolder = join(cacheFolder(), `editor-${port}`);
	if (fresh) await rm(userFolder, { recursive: true, force: true });
	await installBuild(userFolder);
	const logFile = join(userFolder, 'n8n.log');
	await rm(logFile, { force: true });
	const env = {
		GENERIC_TIMEZONE: TIME_ZONE,
		...google.env,
		...(watch && { N8N_DEV_RELOAD: 'true' }),
	};
	return await startN8n({ userFolder, logFile, port, env });
}

/** @throws {Error} that suggests another port for this option when the port is in use. */
async function requireFreePort(port: number, option: string): Promise<number> {
	return await resolvePort(port).catch((error: Error) => {
		throw new Error(`${error.message} Choose another: npm start -- ${option} ${port + 1}`);
	});
}

async function main(): Promise<void> {
	const options = parseOptions();
	const port = await requireFreePort(options.port, '--port');
	const sandboxPort = await requireFreePort(options.sandboxPort, '--sandbox-port');
	await installN8n();

	const sandbox = await startSandbox({ port: sandboxPort, deviations: options.deviations });
	const google = await startGoogleSheets();
	const model = await startExampleModel();
	try {
		console.log('Starting n8n …');
		const n8n = await startEditor({ ...options, port }, google);
		const interrupted = new Promise<'interrupted'>((resolve) => {
			for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => resolve('interrupted'));
		});
		try {
			const session = await signIn(n8n).catch((error: Error) => {
				const advice = 'If you changed the login, delete the old data with: npm start -- --fresh';
				throw new Error(`${error.message}\n${advice}`);
			});
			const credential = await ensureCredential(session, sandbox);
			const workflows = await ensureExamples(session, sandbox, { google, model }, credential);
			console.log(startMessage(n8n, sandbox, workflows));
			if (options.watch) compileOnChange(n8n.userFolder);
			if ((await Promise.race([interrupted, n8n.exited])) !== 'interrupted') {
				throw new Error(`n8n has stopped. ${logTail(n8n.logFile, 0)}`);
			}
			console.log('\nStopping …');
		} finally {
			await n8n.stop();
		}
	} finally {
		await model.close();
		await google.close();
		await sandbox.close();
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
