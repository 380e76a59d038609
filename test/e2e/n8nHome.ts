import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { installPackage, newTestLog, packPackage, type N8nOptions } from '../../scripts/n8n';

const made: string[] = [];

function makeFolder(): string {
	const folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-sahut-'));
	made.push(folder);
	return folder;
}

/** An n8n without data that has this package; the end of the tests deletes it, and keeps its log. */
export async function makeN8nHome(name: string): Promise<N8nOptions> {
	const userFolder = makeFolder();
	await installPackage(userFolder, packPackage(makeFolder()));
	return { userFolder, logFile: newTestLog(name) };
}

afterAll(() => {
	for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});
