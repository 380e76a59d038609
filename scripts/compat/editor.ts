import { equal, ok } from 'node:assert/strict';

import type { Sandbox } from '../../sandbox';
import {
	getWorkflow,
	listWorkflows,
	runWorkflow,
	signIn,
	startN8n,
	waitForExecution,
	type N8nOptions,
	type Session,
} from '../n8n';
import { credentialFor } from '../n8n/parts';
import { provideCredential, provideExamples } from '../start/importExamples';
import { tryCancelling } from './cancelling';
import { tryDying } from './dying';
import { tryFailures } from './failures';
import { tryTriggers } from './triggers';
import type { Try } from './record';

/** n8n prints when a node has ended, which is nowhere else to be seen of one that was cancelled. */
const env = { N8N_LOG_LEVEL: 'debug' };
const STARTS_BY_HAND = ['n8n-nodes-base.manualTrigger', 'n8n-nodes-base.scheduleTrigger'];

/** An example with it is tried by a test of its own. */
const WAITS = 'n8n-nodes-base.wait';

/** Runs each workflow that can start by hand, and ends at once, as *Execute workflow* does. */
async function runAll(session: Session): Promise<void> {
	for (const { id, name } of await listWorkflows(session)) {
		const { nodes } = await getWorkflow(session, id);
		const trigger = nodes.find(({ type }) => STARTS_BY_HAND.includes(type));
		if (!trigger || nodes.some(({ type }) => type === WAITS)) continue;
		const run = await runWorkflow(session, id, trigger.name);
		ok('executionId' in run, `${name} waits for a webhook`);
		const { status } = await waitForExecution(session, run.executionId);
		equal(status, 'success', name);
	}
}

/** What can be tried by the API of the editor, in an n8n that is started for it. */
export async function tryEditor(home: N8nOptions, sandbox: Sandbox, attempt: Try): Promise<void> {
	const n8n = await attempt('Start', async () => await startN8n({ ...home, port: 0, env }));
	try {
		const session = await signIn(n8n);
		const credential = await attempt('Test of the credential', async () => {
			const stored = await provideCredential(session, sandbox);
			const credentials = { ...stored, ...credentialFor(sandbox) };
			const { status } = await session.request<{ status: string }>('POST', '/credentials/test', {
				credentials,
			});
			equal(status, 'OK');
			return stored;
		});
		await attempt('The examples that start by hand', async () => {
			await provideExamples(session, sandbox, credential);
			await runAll(session);
		});
		await tryTriggers(session, sandbox, credential, attempt);
		await tryFailures(session, sandbox, credential, attempt);
		await tryCancelling(n8n, session, sandbox, credential, attempt);
		await tryDying(n8n, session, sandbox, credential, attempt);
	} finally {
		await n8n.stop();
	}
}
