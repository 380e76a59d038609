import { writeFile } from 'node:fs/promises';

import {
	DEFAULT_BASE_URL,
	normalizeApiKey,
	normalizeBaseUrl,
} from '../../nodes/Sahut/transport/connection';
import { version } from '../../package.json';
import { openApi, type Connection } from './api';
import { checkContacts } from './checks/contacts';
import type { Context } from './checks/context';
import { checkConversations } from './checks/conversations';
import { checkMessages } from './checks/messages';
import { checkWriting } from './checks/writing';
import { loadContract } from './contract';
import { Findings } from './findings';
import type { CheckOptions } from './options';
import { toJson, toSummary, toTable } from './report';

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws Error when the environment has no key, or no address that a key may be sent to */
function connectionOf(env: Environment, perMinute: number): Connection {
	const { SAHUT_API_KEY: key, SAHUT_BASE_URL: url = DEFAULT_BASE_URL } = env;
	if (key === undefined || key.trim() === '') {
		throw new Error('Put the API key into the environment variable SAHUT_API_KEY.');
	}
	return { apiKey: normalizeApiKey(key), baseUrl: normalizeBaseUrl(url, key), perMinute };
}

/**
 * Checks the assumptions of docs/assumptions.md against a workspace, prints what was found, and writes
 * it into a file where one is asked for.
 *
 * @returns whether nothing differs in a way with which the nodes do not go on
 * @throws Error when the API cannot be checked
 */
export async function checkApi(
	options: CheckOptions,
	env: Environment,
	print: (text: string) => void,
): Promise<boolean> {
	const connection = connectionOf(env, options.perMinute);
	const contract = await loadContract();
	const findings = new Findings();
	const { api, made } = openApi(connection, contract, findings);
	const context: Context = { api, contract, findings };
	const { origin } = new URL(connection.baseUrl);
	print(`Checking ${origin}, with ${options.perMinute} requests a minute at most …`);

	const conversations = await checkConversations(context);
	await checkMessages(conversations, context);
	await checkContacts(context);
	await checkWriting(options, context, print);

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
		};
		await writeFile(options.json, toJson(found, about));
		print(`Written to ${options.json}: no names, numbers, texts, IDs or keys are in it.`);
	}
	return found.every(({ verdict }) => verdict !== 'differs');
}
