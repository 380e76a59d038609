import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';

import { launchChromium, startHandingOverModel, startSundaySandbox, type Stage } from '../editor';
import {
	createCredential,
	installBuild,
	signIn,
	startN8n,
	type RunningN8n,
	type StoredCredential,
} from '../n8n';
import { credentialFor } from '../n8n/parts';

/** What pictures are taken of and with. */
export interface Studio extends Stage {
	browser: Browser;
	n8n: RunningN8n;
}

const LOG = resolve(__dirname, '../../test-results/n8n/screenshots.log');

/** Starts all of it, hands it over, and ends all of it whatever happens. */
export async function inStudio(work: (studio: Studio) => Promise<void>): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-sahut-'));
	const endings: Array<() => Promise<void>> = [
		async () => await rm(folder, { recursive: true, force: true }),
	];
	try {
		const browser = await launchChromium();
		endings.unshift(() => browser.close());
		await installBuild(folder);
		const n8n = await startN8n({ userFolder: folder, logFile: LOG, port: 0 });
		endings.unshift(() => n8n.stop());
		const sandbox = await startSundaySandbox();
		endings.unshift(() => sandbox.close());
		const model = await startHandingOverModel();
		endings.unshift(() => model.close());
		await work({ browser, n8n, session: await signIn(n8n), sandbox, model });
	} finally {
		for (const end of endings) await end();
	}
}

/** Stores the credential for the sandbox, under the name that n8n would give it. */
export async function addCredential({ session, sandbox }: Studio): Promise<StoredCredential> {
	return await createCredential(session, { ...credentialFor(sandbox), name: 'Sahut account' });
}
