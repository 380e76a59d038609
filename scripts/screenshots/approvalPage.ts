import { resolve } from 'node:path';

import { byId } from '../../test/support/locator';
import { createWorkflow, startWorkflow, until } from '../n8n';
import { chain, manualTrigger, sahut } from '../n8n/workflowBuilder';
import { addSandboxCredential, type ScreenshotEnvironment } from './environment';

const START = 'Start';

/** The question of a human review of an AI agent's tool. */
const QUESTION = `AI ingin memakai alat: Send_template

Masukan:
{
  "customer_name": "Budi Santoso",
  "order_id": "ORD-3041",
  "total": "Rp 450.000"
}`;

const TIMEOUT_MS = 30_000;

/** The looks of the page: file → window and color scheme. */
const LOOKS = {
	'approval-page': { viewport: { width: 560, height: 420 }, colorScheme: 'light' },
} as const;

/**
 * Takes screenshots of the page that a person opens to approve.
 *
 * @param looks file → window and color scheme
 */
export async function captureApprovalPage(
	environment: ScreenshotEnvironment,
	folder: string,
	looks: Record<
		string,
		{ viewport: { width: number; height: number }; colorScheme: 'dark' | 'light' }
	> = LOOKS,
): Promise<void> {
	const { browser, session, sandbox } = environment;
	const { id: credentialId } = await addSandboxCredential(environment);
	const { id } = sandbox.store.addConversation();
	const ask = sahut('Ask', credentialId, {
		resource: 'message',
		operation: 'sendAndWait',
		conversationId: byId(id),
		message: QUESTION,
		approval: { type: 'double', approveLabel: 'Setujui', declineLabel: 'Tolak' },
	});
	const workflow = await createWorkflow(session, chain('Approval', manualTrigger(START), ask));
	await startWorkflow(session, workflow, START);
	const link = await until('the question', TIMEOUT_MS, () =>
		sandbox.store
			.messages(id)
			.map(({ content }) => /http\S+$/.exec(content)?.[0])
			.findLast((found) => found !== undefined),
	);
	await until('the execution to wait', TIMEOUT_MS, async () => {
		const { ok } = await fetch(link, { headers: { connection: 'close' } });
		return ok || undefined;
	});
	for (const [file, look] of Object.entries(looks)) {
		const context = await browser.newContext(look);
		const page = await context.newPage();
		await page.goto(link);
		await page.screenshot({ path: resolve(folder, `${file}.png`) });
		await context.close();
		console.log(file);
	}
}
