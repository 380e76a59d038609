import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Sandbox, SandboxOptions } from '../../sandbox';
import type { Finding } from '../../scripts/checkApi/findings';
import { parseOptions } from '../../scripts/checkApi/options';
import { checkApi, type Outcome } from '../../scripts/checkApi/run';
import { findClosedOrigin } from '../support/localServer';
import { openSandbox } from '../support/openSandbox';

/** Enough records to reveal the order of each list. */
const SAMPLE_DATA = { conversations: 8, messagesPerConversation: { min: 3, max: 5 } };

/** Practically no rate limit. */
const FAST = ['--per-minute', '1000000'];

export interface CheckResult {
	outcome: Outcome;
	findings: Finding[];
	/** The terminal output. */
	printed: string;
	/** The text of the report file. */
	report: string;
}

/** Opens a sandbox with data for all assumptions, and closes it after the test. */
export async function openWorkspace(options: SandboxOptions = {}) {
	const sandbox = await openSandbox({ data: SAMPLE_DATA, ...options });
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

/** Checks a sandbox as `npm run check:api -- …` does. */
export async function runCheck(
	sandbox: Pick<Sandbox, 'url' | 'apiKey'>,
	...args: string[]
): Promise<CheckResult> {
	return await runCheckUntil(undefined, sandbox, ...args);
}

/** Checks a sandbox like {@link runCheck}, until the signal aborts. */
export async function runCheckUntil(
	signal: AbortSignal | undefined,
	{ url, apiKey }: Pick<Sandbox, 'url' | 'apiKey'>,
	...args: string[]
): Promise<CheckResult> {
	const file = join(await mkdtemp(join(tmpdir(), 'n8n-nodes-sahut-')), 'report.json');
	const lines: string[] = [];
	const outcome = await checkApi(
		parseOptions([...FAST, '--json', file, ...args]),
		{ SAHUT_API_KEY: apiKey, SAHUT_BASE_URL: url },
		(text) => lines.push(text),
		signal,
	);
	const report = await readFile(file, 'utf8');
	const { findings } = JSON.parse(report) as { findings: Finding[] };
	return { outcome, findings, printed: lines.join('\n'), report };
}

/** Returns the assumptions with one of these verdicts, e.g. `update-by-put: handled`. */
export function verdictsOf(
	{ findings }: CheckResult,
	...verdicts: Array<Finding['verdict']>
): string[] {
	return findings
		.filter(({ verdict }) => verdicts.includes(verdict))
		.map(({ assumption, verdict }) => `${assumption}: ${verdict}`);
}

/** Returns the options that enable all checks. */
export async function allOptions({ latest }: Workspace): Promise<string[]> {
	const origin = await findClosedOrigin();
	const { port } = new URL(origin);
	return ['--conversation', latest.id, '--webhook', `${origin}/hook`, '--listen', port];
}
