import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Sandbox, SandboxOptions } from '../../sandbox';
import type { Finding } from '../../scripts/checkApi/findings';
import { parseOptions } from '../../scripts/checkApi/options';
import { checkApi, type Outcome as End } from '../../scripts/checkApi/run';
import { closedOrigin } from '../support/localServer';
import { openSandbox } from '../support/openSandbox';

/** Enough to see all orders. */
const SMALL = { conversations: 8, messagesPerConversation: { min: 3, max: 5 } };

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

/** A sandbox with data in which every assumption can be seen; closed after the test. */
export async function openWorkspace(options: SandboxOptions = {}) {
	const sandbox = await openSandbox({ data: SMALL, ...options });
	const { store } = sandbox;
	const tags = ['vip'];
	const contact = store.addContact({ name: 'Ratna Kusuma', phone: '+6281299990000', tags });
	const { id } = store.addConversation({ contact, assignee: [...store.agents.values()][0]! });
	const file = { url: '/files/bukti-transfer.png', content_type: 'image/png', file_name: 'a.png' };
	store.addIncoming(id, 'Ini buktinya ya Kak', new Date(Date.now() - 60_000), [file]);
	store.addIncoming(id, 'Sudah masuk belum?');
	return { ...sandbox, latest: store.conversations.get(id)! };
}

export type Workspace = Awaited<ReturnType<typeof openWorkspace>>;

/** Runs the check against a sandbox as `npm run check:api -- …` does. */
export async function check(
	sandbox: Pick<Sandbox, 'url' | 'apiKey'>,
	...args: string[]
): Promise<Outcome> {
	return await checkUntil(undefined, sandbox, ...args);
}

/** As {@link check}; the signal interrupts it. */
export async function checkUntil(
	signal: AbortSignal | undefined,
	{ url, apiKey }: Pick<Sandbox, 'url' | 'apiKey'>,
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

/** The options with which everything is tried. */
export async function everything({ latest }: Workspace): Promise<string[]> {
	const origin = await closedOrigin();
	const { port } = new URL(origin);
	return ['--conversation', latest.id, '--webhook', `${origin}/hook`, '--listen', port];
}
