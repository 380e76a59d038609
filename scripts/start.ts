import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { startSandbox } from '../sandbox';
import {
	availablePort,
	cacheFolder,
	installBuild,
	installN8n,
	lastLines,
	signIn,
	startN8n,
	type RunningN8n,
} from './n8n';
import { compileOnChange } from './start/compileOnChange';
import { provideCredential, provideExamples } from './start/importExamples';
import { introduction } from './start/introduction';
import { parseOptions, type StartOptions } from './start/options';

const TIME_ZONE = 'Asia/Jakarta';

/**
 * Starts an n8n with the package on a port. Each port has its own data, which are kept from one start
 * to the next unless `fresh`. With `watch`, it reloads the package when its files change.
 */
async function startEditor({
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

async function chosenPort(port: number, option: string): Promise<number> {
	return await availablePort(port).catch((error: Error) => {
		throw new Error(`${error.message} Choose another: npm start -- ${option} ${port + 1}`);
	});
}

async function main(): Promise<void> {
	const options = parseOptions();
	const port = await chosenPort(options.port, '--port');
	const sandboxPort = await chosenPort(options.sandboxPort, '--sandbox-port');
	await installN8n();

	const sandbox = await startSandbox({ port: sandboxPort, deviations: options.deviations });
	try {
		console.log('Starting n8n …');
		const n8n = await startEditor({ ...options, port });
		const interrupted = new Promise<'interrupted'>((resolve) => {
			for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => resolve('interrupted'));
		});
		try {
			const session = await signIn(n8n).catch((error: Error) => {
				const advice =
					'If you have changed the login: npm start -- --fresh begins without old data.';
				throw new Error(`${error.message}\n${advice}`);
			});
			const credential = await provideCredential(session, sandbox);
			const workflows = await provideExamples(session, sandbox, credential);
			console.log(introduction(n8n, sandbox, workflows));
			if (options.watch) compileOnChange(n8n.userFolder);
			if ((await Promise.race([interrupted, n8n.exited])) !== 'interrupted') {
				throw new Error(`n8n has ended. ${lastLines(n8n.logFile, 0)}`);
			}
			console.log('\nStopping …');
		} finally {
			await n8n.stop();
		}
	} finally {
		await sandbox.close();
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
