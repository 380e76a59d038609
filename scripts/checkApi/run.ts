import { writeFile } from 'node:fs/promises';

import {
	DEFAULT_BASE_URL,
	normalizeApiKey,
	normalizeBaseUrl,
} from '../../nodes/Sahut/transport/connection';
import { version } from '../../package.json';
import { openApi, type Connection, type Context } from './api';
import { checkContacts } from './contacts';
import { checkConversations, checkMessages, readConversations } from './conversations';
import { Findings, toSummary, toTable } from './findings';
import type { CheckOptions } from './options';
import { checkWriting } from './writing';

type Print = (text: string) => void;

/** `incomplete`: something could not be tried that was to be, and nothing else differs. */
export type Outcome = 'fine' | 'differs' | 'incomplete';

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws Error when the environment has no key, or no address that a key may be sent to */
function connectionOf(env: Environment, perMinute: number): Connection {
	const { SAHUT_API_KEY: key, SAHUT_BASE_URL: url = DEFAULT_BASE_URL } = env;
	if (key === undefined || key.trim() === '') {
		throw new Error('Put the API key into the environment variable SAHUT_API_KEY.');
	}
	return { apiKey: normalizeApiKey(key), baseUrl: normalizeBaseUrl(url, key), perMinute };
}

/** Reads first, and then what must be written. What fails does not keep the rest from being tried. */
async function runChecks(options: CheckOptions, context: Context, print: Print): Promise<boolean> {
	const conversations = await readConversations(context);
	let isComplete = true;
	for (const check of [
		async () => await checkConversations(conversations, context),
		async () => await checkMessages(conversations, context),
		async () => await checkContacts(context),
		async () => await checkWriting(options, context, print),
	]) {
		await check().catch((error: Error) => {
			isComplete = false;
			print(error.message);
		});
	}
	return isComplete;
}

/**
 * Checks the assumptions of docs/assumptions.md against a workspace, prints what was found, and writes
 * it into a file where one is asked for.
 *
 * @throws Error when the API cannot be checked at all
 */
export async function checkApi(
	options: CheckOptions,
	env: Environment,
	print: Print,
	signal?: AbortSignal,
): Promise<Outcome> {
	const connection = connectionOf(env, options.perMinute);
	const findings = new Findings();
	const { api, made } = openApi(connection, findings, signal);
	const { origin } = new URL(connection.baseUrl);
	print(`Checking ${origin}, with ${options.perMinute} requests a minute at most …`);
	const isComplete = await runChecks(options, { api, findings, signal }, print);

	const found = findings.all();
	print(toTable(found));
	print(`${toSummary(found)}; ${made()} requests.`);
	if (options.json !== undefined) {
		const isReal = origin === new URL(DEFAULT_BASE_URL).origin;
		const about = {
			package: `n8n-nodes-sahut ${version}`,
			date: new Date().toISOString().slice(0, 'yyyy-mm-dd'.length),
			api: isReal ? origin : 'another address',
			requests: made(),
			isComplete,
		};
		const report = { ...about, findings: found };
		await writeFile(options.json, `${JSON.stringify(report, null, '\t')}\n`);
		print(`Written to ${options.json}: no names, numbers, texts, IDs or keys are in it.`);
	}
	if (found.some(({ verdict }) => verdict === 'differs')) return 'differs';
	return isComplete ? 'fine' : 'incomplete';
}
