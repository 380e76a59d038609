import type { Page } from 'playwright-core';

import { startSandbox, type Sandbox } from '../../sandbox';
import { HOUR_MS } from '../../sandbox/clock';
import type { ExampleWorkflow } from '../../test/support/exampleWorkflow';
import { freshConversation, provideFollowUpTable, readyExample } from '../readyExamples';
import {
	createCredential,
	createWorkflow,
	until,
	type Session,
	type StoredCredential,
	type StoredWorkflow,
} from '../n8n';
import { startScriptedModel, type ScriptedModel } from '../scriptedModel';
import { endOfRun, openWorkflow, startWorkflow } from './canvas';
import { testWebhook } from './webhooks';

const DAY_MS = 24 * HOUR_MS;
/** In Jakarta, 7 hours ahead of UTC, it is evening then. */
const SUNDAY_HOUR_UTC = 13;

/** What a customer writes, for the examples that begin with it. */
const QUESTION = 'Selamat malam Kak, berapa harganya?';

/** What one of the customers answers who are reminded, and about which order. */
const ANSWERED_ORDER = 'ORD-3112';
const ANSWER = 'Sudah saya transfer ya Kak';

/** What a CRM sends. */
const DEAL = {
	deal_id: 'DEAL-501',
	customer_name: 'Ratna Sari',
	phone: '(0857) 0000 1004',
	total: 320000,
};

const WAIT_SECONDS = 2;
const CALL_TIMEOUT_MS = 30_000;

/** The evening of last Sunday, when nobody is at work. */
function lastSunday(): Date {
	const sunday = new Date(Date.now() - DAY_MS);
	while (sunday.getUTCDay() !== 0) sunday.setTime(sunday.getTime() - DAY_MS);
	sunday.setUTCHours(SUNDAY_HOUR_UTC, 0, 0, 0);
	return sunday;
}

/** A sandbox in which every example finds something to do: there it is Sunday evening. */
export async function startSundaySandbox(): Promise<Sandbox> {
	const sunday = lastSunday();
	const sandbox = await startSandbox({ now: () => sunday });
	sandbox.store.addConversation();
	return sandbox;
}

/** A model that leaves a note, hands over to people, and says so. */
export async function startHandingOverModel(): Promise<ScriptedModel> {
	return await startScriptedModel((chat) =>
		chat.at(-1)?.role === 'tool'
			? 'Baik Kak, tim kami akan melanjutkan percakapan ini.'
			: [
					{ tool: 'Note_for_the_team', given: { note: 'Pelanggan menanyakan harga.' } },
					{ tool: 'Hand_over_to_people', given: {} },
				],
	);
}

/** Where examples are run, and with what. */
export interface Stage {
	session: Session;
	sandbox: Sandbox;
	model: ScriptedModel;
}

/** Seconds in the place of a day; and no more than one reminder, whatever the day of the sandbox. */
function quicken(example: ExampleWorkflow): ExampleWorkflow {
	const text = JSON.stringify(example)
		.replaceAll(/\$now (>=|<) DateTime[^}]+\}\)/g, '$$runIndex $1 1')
		.replaceAll('"skipIfSentWithin":23', '"skipIfSentWithin":0.0001');
	const quicker = JSON.parse(text) as ExampleWorkflow;
	const nodes = quicker.nodes.map((node) =>
		node.type === 'n8n-nodes-base.wait'
			? { ...node, parameters: { ...node.parameters, amount: WAIT_SECONDS, unit: 'seconds' } }
			: node,
	);
	return { ...quicker, nodes };
}

/** Imports an example into n8n, with all that it needs filled in, and with short waits. */
export async function importExample(
	{ session, sandbox, model }: Stage,
	name: string,
	credential: StoredCredential,
): Promise<StoredWorkflow> {
	const { id: dataTableId } = await provideFollowUpTable(session);
	const openAiApi = await createCredential(session, model.credential);
	const example = readyExample(name, sandbox.store, credential, { dataTableId, openAiApi });
	return await createWorkflow(session, { ...quicken(example), name });
}

/** Calls the test webhook of a workflow, once n8n listens. */
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

/** Has the customer answer whose order that is, once they have got a message about it. */
async function answerAbout(order: string, { store }: Sandbox): Promise<void> {
	const { id } = await until(`a message about ${order}`, CALL_TIMEOUT_MS, () =>
		[...store.conversations.values()].find((conversation) =>
			store.messages(conversation.id).some(({ content }) => content.includes(order)),
		),
	);
	store.addIncoming(id, ANSWER);
}

/** What happens outside of n8n while an example runs: a customer writes, or a CRM calls. */
export async function actOutside(
	{ session, sandbox }: Pick<Stage, 'sandbox' | 'session'>,
	{ nodes }: StoredWorkflow,
): Promise<void> {
	const nodeOf = (type: string) => nodes.find((node) => node.type === type);
	const webhook = nodeOf('n8n-nodes-base.webhook');
	if (nodeOf('n8n-nodes-sahut.sahutTrigger')) {
		await testWebhook(sandbox);
		sandbox.store.addIncoming(freshConversation(sandbox.store).id, QUESTION);
	} else if (webhook) {
		await callWebhook(session, webhook.parameters.path);
	} else if (nodeOf('n8n-nodes-base.wait')) {
		await answerAbout(ANSWERED_ORDER, sandbox);
	}
}

/**
 * Opens an example in the editor and runs it to its end.
 * @returns the message that tells how it ended
 */
export async function runExample(
	page: Page,
	stage: Pick<Stage, 'sandbox' | 'session'>,
	workflow: StoredWorkflow,
): Promise<string> {
	await openWorkflow(page, workflow.id);
	await startWorkflow(page);
	await actOutside(stage, workflow);
	return await endOfRun(page);
}
