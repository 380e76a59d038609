import type { Page } from 'playwright-core';

import { startSandbox, type Sandbox } from '../../sandbox';
import { HOUR_MS } from '../../sandbox/clock';
import { freshConversation, readyExample } from '../examples';
import { createWorkflow, type Session, type StoredCredential, type StoredWorkflow } from '../n8n';
import { endOfRun, openWorkflow, startWorkflow } from './canvas';
import { TEST_WEBHOOK, webhookAt } from './webhooks';

const DAY_MS = 24 * HOUR_MS;
/** In Jakarta, 7 hours ahead of UTC, it is evening then. */
const SUNDAY_HOUR_UTC = 13;

/** What a customer writes, for the examples that begin with it. */
const QUESTION = 'Selamat malam Kak, berapa harganya?';

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

/** Imports an example into n8n, with the credential and everything else that it needs filled in. */
export async function importExample(
	session: Session,
	{ store }: Sandbox,
	name: string,
	credential: StoredCredential,
): Promise<StoredWorkflow> {
	return await createWorkflow(session, { ...readyExample(name, store, credential), name });
}

/**
 * Opens an example in the editor and runs it to its end; a customer writes, where it waits for that.
 * @returns the message that tells how it ended
 */
export async function runExample(
	page: Page,
	sandbox: Sandbox,
	{ id, nodes }: StoredWorkflow,
): Promise<string> {
	await openWorkflow(page, id);
	await startWorkflow(page);
	if (nodes.some(({ type }) => type === 'n8n-nodes-sahut.sahutTrigger')) {
		await webhookAt(sandbox, TEST_WEBHOOK);
		sandbox.store.addIncoming(freshConversation(sandbox.store).id, QUESTION);
	}
	return await endOfRun(page);
}
