import { writeFile } from 'node:fs/promises';

import {
	DEFAULT_BASE_URL,
	normalizeApiKey,
	normalizeBaseUrl,
} from '../../nodes/Sahut/transport/connection';
import { version } from '../../package.json';
import { createClient, type Connection, type Context } from './client';
import { checkContacts } from './contacts';
import {
	checkContactPhones,
	checkConversations,
	checkMessages,
	readConversations,
} from './conversations';
import { Findings, toSummary, toTable } from './findings';
import type { CheckOptions } from './options';
import { checkWrites } from './writes';

type Print = (text: string) => void;

/** `incomplete`: a requested check could not run, and no assumption differs. */
export type Outcome = 'fine' | 'differs' | 'incomplete';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the connection from the environment.
 * @throws {Error} without a key, or with a URL to which the key must not be sent.
 */
function readConnection(env: Environment, perMinute: number): Connection {
	const { SAHUT_API_KEY: key, SAHUT_BASE_URL: url = DEFAULT_BASE_URL } = env;
	if (key === undefined || key.trim() === '') {
		throw new Error('Set the environment variable SAHUT_API_KEY to the API key.');
	}
	return { apiKey: normalizeApiKey(key), baseUrl: normalizeBaseUrl(url, key), perMinute };
}

/** Runs the reads, and then the writes. A failed check does not stop the others. @returns whether all ran */
async function runChecks(options: CheckOptions, context: Context, print: Print): Promise<boolean> {
	const conversations = await readConversations(context);
	let isComplete = true;
	for (const check of [
		async () => await checkConversations(conversations, context),
		async () => await checkMessages(conversations, context),
		async () => await checkContacts(context),
		async () => await checkContactPhones(conversations, context),
		async () => await checkWrites(options, context, print),
	]) {
		await check().catch((error: Error) => {
			isComplete = false;
			print(error.message);
		});
	}
	return isComplete;
}

/**
 * Checks the assumptions of docs/assumptions.md against a workspace, prints the findings, and writes them
 * to the report file if there is one.
 * @throws {Error} when the API cannot be checked at all.
 */
export async function checkApi(
	options: CheckOptions,
	env: Environment,
	print: Print,
	signal?: AbortSignal,
): Promise<Outcome> {
	const connection = readConnection(env, options.perMinute);
	const findings = new Findings();
	const { api, requestCount } = createClient(connection, findings, signal);
	const { origin } = new URL(connection.baseUrl);
	print(`Checking ${origin} with at most ${options.perMinute} requests per minute …`);
	const isComplete = await runChecks(options, { api, findings, signal }, print);

	const found = findings.all();
	print(toTable(found));
	print(`${toSummary(found)}; ${requestCount()} requests.`);
	if (options.json !== undefined) {
		const isReal = origin === new URL(DEFAULT_BASE_URL).origin;
		const about = {
			package: `n8n-nodes-sahut ${version}`,
			date: new Date().toISOString().slice(0, 'yyyy-mm-dd'.length),
			api: isReal ? origin : 'another address',
			requests: requestCount(),
			isComplete,
		};
		const report = { ...about, findings: found };
		await writeFile(options.json, `${JSON.stringify(report, null, '\t')}\n`);
		print(`Wrote ${options.json}. It contains no names, numbers, texts, IDs or keys.`);
	}
	if (found.some(({ verdict }) => verdict === 'differs')) return 'differs';
	return isComplete ? 'fine' : 'incomplete';
}
