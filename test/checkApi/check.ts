import { mkdtemp, readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox';
import type { Finding } from '../../scripts/checkApi/findings';
import { parseOptions } from '../../scripts/checkApi/options';
import { checkApi, type Outcome as End } from '../../scripts/checkApi/run';

/** As fast as the sandbox answers. */
const FAST = ['--per-minute', '1000000'];

export interface Outcome {
	end: End;
	findings: Finding[];
	/** All that was printed. */
	screen: string;
	/** The file as it was written. */
	json: string;
}

const opened: Sandbox[] = [];

afterEach(async () => {
	await Promise.all(opened.splice(0).map(async (sandbox) => await sandbox.close()));
});

/** A sandbox with data in which every assumption can be seen; closed after the test. */
export async function openWorkspace(options: SandboxOptions = {}): Promise<Sandbox> {
	const sandbox = await startSandbox(options);
	opened.push(sandbox);
	const { store } = sandbox;
	const contact = store.addContact({
		name: 'Ratna Kusuma',
		phone: '+6281299990000',
		tags: ['vip'],
	});
	const { id } = store.addConversation({ contact, assignee: [...store.agents.values()][0]! });
	const file = { url: '/files/bukti-transfer.png', content_type: 'image/png', file_name: 'a.png' };
	store.addIncoming(id, 'Ini buktinya ya Kak', new Date(Date.now() - 60_000), [file]);
	store.addIncoming(id, 'Sudah masuk belum?');
	return sandbox;
}

/** The conversation with the latest activity. */
export function latestOf({ store }: Sandbox): string {
	return [...store.conversations.keys()].at(-1)!;
}

/** Runs the check against a sandbox as `npm run check:api -- …` does. */
export async function check(sandbox: Sandbox, ...args: string[]): Promise<Outcome> {
	return await checkUntil(undefined, sandbox, ...args);
}

/** As {@link check}; the signal interrupts it. */
export async function checkUntil(
	signal: AbortSignal | undefined,
	{ url, apiKey }: Sandbox,
	...args: string[]
): Promise<Outcome> {
	const file = join(await mkdtemp(join(tmpdir(), 'n8n-nodes-sahut-')), 'report.json');
	const printed: string[] = [];
	const end = await checkApi(
		parseOptions([...FAST, '--json', file, ...args]),
		{ SAHUT_API_KEY: apiKey, SAHUT_BASE_URL: url },
		(text) => printed.push(text),
		signal,
	);
	const json = await readFile(file, 'utf8');
	const { findings } = JSON.parse(json) as { findings: Finding[] };
	return { end, findings, screen: printed.join('\n'), json };
}

/** Of some verdicts, the names and verdicts: `update-by-put: copes`. */
export function namesOf({ findings }: Outcome, ...verdicts: Array<Finding['verdict']>): string[] {
	return findings
		.filter(({ verdict }) => verdicts.includes(verdict))
		.map(({ assumption, verdict }) => `${assumption}: ${verdict}`);
}

/** A port at which nobody listens. */
async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return port;
}

/** The options with which everything is tried. */
export async function everything(sandbox: Sandbox): Promise<string[]> {
	const port = await freePort();
	const webhook = `http://127.0.0.1:${port}/hook`;
	return ['--conversation', latestOf(sandbox), '--webhook', webhook, '--listen', String(port)];
}
