import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';

import { launchChromium, startSundaySandbox, type ExampleEnvironment } from '../editor';
import { startExampleModel } from '../exampleModel';
import { startGoogleSheets } from '../googleSheets';
import {
	createCredential,
	installBuild,
	signIn,
	startN8n,
	type RunningN8n,
	type StoredCredential,
} from '../n8n';
import { credentialFor } from '../n8n/workflowBuilder';

/** The services for screenshots: a browser, n8n, a sandbox, a model and Google Sheets. */
export interface ScreenshotEnvironment extends ExampleEnvironment {
	browser: Browser;
	n8n: RunningN8n;
}

const LOG = resolve(__dirname, '../../test-results/n8n/screenshots.log');

/** Starts the environment, calls `work` with it, and stops it even if `work` fails. */
export async function withScreenshotEnvironment(
	work: (environment: ScreenshotEnvironment) => Promise<void>,
): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-sahut-'));
	const cleanups: Array<() => Promise<void>> = [
		async () => await rm(folder, { recursive: true, force: true }),
	];
	try {
		const browser = await launchChromium();
		cleanups.unshift(() => browser.close());
		await installBuild(folder);
		const google = await startGoogleSheets();
		cleanups.unshift(() => google.close());
		const n8n = await startN8n({ userFolder: folder, logFile: LOG, env: google.env, port: 0 });
		cleanups.unshift(() => n8n.stop());
		const sandbox = await startSundaySandbox();
		cleanups.unshift(() => sandbox.close());
		const model = await startExampleModel();
		cleanups.unshift(() => model.close());
		await work({ browser, n8n, session: await signIn(n8n), sandbox, model, google });
	} finally {
		for (const cleanUp of cleanups) await cleanUp();
	}
}

/** Creates the credential for the sandbox, with n8n's default name. */
export async function addSandboxCredential({
	session,
	sandbox,
}: ScreenshotEnvironment): Promise<StoredCredential> {
	return await createCredential(session, { ...credentialFor(sandbox), name: 'Sahut account' });
}
