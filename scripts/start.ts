import { startSandbox } from '../sandbox';
import { availablePort, installN8n, lastLines } from './n8n';
import { signInToEditor, startEditor } from './start/editor';
import { compileOnChange } from './start/compileOnChange';
import { provideCredential, provideExamples } from './start/importExamples';
import { introduction } from './start/introduction';
import { parseOptions } from './start/options';

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
			const session = await signInToEditor(n8n);
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
