import {
	waitForRunResult,
	nodeOnCanvas,
	openExecution,
	openWorkflow,
	retryExecution,
	startWorkflow,
} from '../../../scripts/editor';
import { createWorkflow, listExecutions, until, waitForExecution } from '../../../scripts/n8n';
import { chain, manualTrigger, rows, sendText } from '../../../scripts/n8n/workflowBuilder';
import { addConversation, addCredential, textsSentTo } from '../n8nFixture';
import { testInEditor, type EditorFixture } from './editorFixture';

const CUSTOMERS = ['Budi Santoso', 'Siti Aminah', 'Made Wirawan', 'Ratna Sari', 'Yusuf Hidayat'];

/** Defines the test of *Retry* in the list of executions. */
export function describeRetry(fixture: EditorFixture): void {
	testInEditor(
		fixture,
		'sends each customer one message, although it runs with the original workflow and then with the current one',
		async () => {
			const { page, sandbox, session } = fixture;
			const conversations = CUSTOMERS.map((name) => addConversation(fixture, name));
			const sentTexts = () => textsSentTo(fixture, conversations);
			const credential = await addCredential(fixture);
			const { id } = await createWorkflow(
				session,
				chain(
					'Batch',
					manualTrigger('Start'),
					rows(
						'Customers',
						conversations.map((id) => ({ id })),
					),
					sendText('Send', credential.id, '={{ $json.id }}', 'Halo Kak'),
				),
			);
			const path = new RegExp(`${conversations[1]}/messages$`);
			sandbox.faults.add({ method: 'POST', path, kind: 'status', status: 422, times: 2 });

			await openWorkflow(page, id);
			await startWorkflow(page);
			expect(await waitForRunResult(page)).toMatch(/Sahut refused to send .*\[item 1\]/);
			await nodeOnCanvas(page, 'Send').getByTestId('canvas-node-status-mark-error').waitFor();
			expect(sentTexts()[1]).toEqual([]);

			for (const [workflow, status] of [
				['original', 'error'],
				['current', 'success'],
			] as const) {
				const list = async () => await listExecutions(session, { workflowId: id });
				const before = await list();
				await openExecution(page, id, before[0]!.id);
				await retryExecution(page, workflow);
				const retry = await until('the retry to start', 60_000, async () => {
					const all = await list();
					return all.length > before.length ? all[0] : undefined;
				});
				expect(await waitForExecution(session, retry.id)).toMatchObject({ status });
			}

			expect(sentTexts()).toEqual(Array(CUSTOMERS.length).fill(['Halo Kak']));
		},
	);
}
