import type { Page } from 'playwright-core';

import { startSandbox, type Sandbox } from '../../sandbox';
import { HOUR_MS } from '../../sandbox/clock';
import type { ExampleWorkflow } from '../../test/support/exampleWorkflow';
import { ensureTables } from '../exampleTables';
import type { GoogleSheets } from '../googleSheets';
import { prepareExample } from '../prepareExamples';
import {
	createCredential,
	createWorkflow,
	until,
	type Session,
	type StoredCredential,
	type StoredWorkflow,
} from '../n8n';
import type { ScriptedModel } from '../scriptedModel';
import { waitForRunResult, openWorkflow, startWorkflow } from './canvas';
import { simulateSahutEvent } from './sahutEvent';

const DAY_MS = 24 * HOUR_MS;
/** Evening in Jakarta, which is 7 hours ahead of UTC. */
const SUNDAY_HOUR_UTC = 13;

/** The reply of a customer who got a reminder, and the order that the reminder mentions. */
const REPLY_ORDER = 'ORD-3112';
const REPLY = 'Sudah saya transfer ya Kak';

/** The body of a CRM's webhook call. */
const DEAL = {
	deal_id: 'DEAL-501',
	customer_name: 'Ratna Sari',
	phone: '(0857) 0000 1004',
	total: 320000,
	due_date: '2026-12-08',
};

const WAIT_SECONDS = 2;
const CALL_TIMEOUT_MS = 30_000;

/** Returns the evening of last Sunday, which is outside of working hours. */
function lastSunday(): Date {
	const sunday = new Date(Date.now() - DAY_MS);
	while (sunday.getUTCDay() !== 0) sunday.setTime(sunday.getTime() - DAY_MS);
	sunday.setUTCHours(SUNDAY_HOUR_UTC, 0, 0, 0);
	return sunday;
}

/** Starts a sandbox whose clock shows Sunday evening, so that every example has work to do. */
export async function startSundaySandbox(): Promise<Sandbox> {
	const sunday = lastSunday();
	const sandbox = await startSandbox({ now: () => sunday });
	sandbox.store.addConversation();
	return sandbox;
}

/** The services that the examples need. */
export interface ExampleEnvironment {
	session: Session;
	sandbox: Sandbox;
	model: ScriptedModel;
	google?: GoogleSheets;
}

/**
 * Returns a copy that sends instead of a Dry Run, waits for seconds instead of a day, sends at most
 * one reminder, and has office hours at any time.
 */
function prepareForRun(example: ExampleWorkflow): ExampleWorkflow {
	const text = JSON.stringify(example)
		.replaceAll(/\$now >= DateTime[^}]+\}\)/g, '$$runIndex >= 1')
		.replaceAll('"dryRun":true', '"dryRun":false')
		.replaceAll('"skipIfSentWithin":23', '"skipIfSentWithin":0.0001')
		.replaceAll(/time\.weekday <= 5 && time\.hour >= \d+ && time\.hour < \d+/g, 'true');
	const shortened = JSON.parse(text) as ExampleWorkflow;
	const nodes = shortened.nodes.map((node) =>
		node.type === 'n8n-nodes-base.wait'
			? { ...node, parameters: { ...node.parameters, amount: WAIT_SECONDS, unit: 'seconds' } }
			: node,
	);
	return { ...shortened, nodes };
}

/** Imports an example into n8n with short waits, and fills in its placeholders and credentials. */
export async function importExample(
	{ session, sandbox, model, google }: ExampleEnvironment,
	name: string,
	credential: StoredCredential,
): Promise<StoredWorkflow> {
	const tables = await ensureTables(session);
	const openAiApi = await createCredential(session, model.credential);
	const googleSheetsOAuth2Api = google && (await createCredential(session, google.credential));
	const records = {
		tables,
		openAiApi,
		...(googleSheetsOAuth2Api && { googleSheetsOAuth2Api }),
	};
	const example = prepareExample(name, sandbox.store, credential, records);
	return await createWorkflow(session, { ...prepareForRun(example), name });
}

/** Calls the test webhook of a workflow as soon as n8n listens. */
async function callWebhook({ n8n }: Session, path: unknown): Promise<void> {
	await until('the test webhook', CALL_TIMEOUT_MS, async () => {
		const { ok } = await fetch(`${n8n.url}/webhook-test/${String(path)}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(DEAL),
		});
		return ok || undefined;
	});
}

/** Waits for a message about an order, and adds the customer's reply. */
async function replyAboutOrder(order: string, { store }: Sandbox): Promise<void> {
	const { id } = await until(`a message about ${order}`, CALL_TIMEOUT_MS, () =>
		[...store.conversations.values()].find((conversation) =>
			store.messages(conversation.id).some(({ content }) => content.includes(order)),
		),
	);
	store.addIncoming(id, REPLY);
}

/** Returns the links of all questions. */
const linksOf = ({ store }: Sandbox) =>
	[...store.conversations.keys()]
		.flatMap((id) => store.messages(id))
		.flatMap(({ content }) => /http\S+\/webhook-waiting\/\S+$/.exec(content)?.[0] ?? []);

/** Waits for a new question, and approves it. @param known the links of earlier questions */
async function approve(sandbox: Sandbox, known: string[]): Promise<void> {
	const link = await until('a question', CALL_TIMEOUT_MS, () =>
		linksOf(sandbox).find((each) => !known.includes(each)),
	);
	await until('the execution to wait', CALL_TIMEOUT_MS, async () => {
		const body = new URLSearchParams({ decision: 'approve' });
		const headers = { connection: 'close' };
		return (await fetch(link, { method: 'POST', body, headers })).ok || undefined;
	});
}

/** Simulates the events that an example waits for: a message of a customer, or a call of a CRM. */
export async function simulateExternalEvents(
	{ session, sandbox }: Pick<ExampleEnvironment, 'sandbox' | 'session'>,
	{ nodes }: StoredWorkflow,
): Promise<void> {
	const nodeOf = (type: string) => nodes.find((node) => node.type === type);
	const webhook = nodeOf('n8n-nodes-base.webhook');
	const trigger = nodeOf('n8n-nodes-sahut.sahutTrigger');
	const known = linksOf(sandbox);
	if (trigger) {
		await simulateSahutEvent(sandbox, trigger.parameters);
		if (nodes.some(({ parameters }) => parameters.operation === 'sendAndWait'))
			await approve(sandbox, known);
	} else if (webhook) {
		await callWebhook(session, webhook.parameters.path);
	} else if (nodeOf('n8n-nodes-base.wait')) {
		await replyAboutOrder(REPLY_ORDER, sandbox);
	}
}

/**
 * Opens an example in the editor, runs it, and waits until it ends.
 * @returns the message that shows its result
 */
export async function runExample(
	page: Page,
	services: Pick<ExampleEnvironment, 'sandbox' | 'session'>,
	workflow: StoredWorkflow,
): Promise<string> {
	await openWorkflow(page, workflow.id);
	await startWorkflow(page);
	await simulateExternalEvents(services, workflow);
	return await waitForRunResult(page);
}
