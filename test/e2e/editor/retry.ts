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
import { addConversation, addCredential, sentTo } from '../n8nFixture';
import { testInEditor, type EditorFixture } from './editorFixture';

const CUSTOMERS = ['Budi Santoso', 'Siti Aminah', 'Made Wirawan', 'Ratna Sari', 'Yusuf Hidayat'];

export function describeRetry(fixture: EditorFixture): void {
	testInEditor(fixture, 'with its two buttons sends each customer one message', async () => {
		const { page, sandbox, session } = fixture;
		const conversations = CUSTOMERS.map((name) => addConversation(fixture, name));
		const sent = () => sentTo(fixture, conversations);
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
		expect(sent()[1]).toEqual([]);

		for (const [workflow, status] of [
			['original', 'error'],
			['current', 'success'],
		] as const) {
			const executions = async () => await listExecutions(session, { workflowId: id });
			const [latest, ...earlier] = await executions();
			await openExecution(page, id, latest!.id);
			await retryExecution(page, workflow);
			const retry = await until('the retry to begin', 60_000, async () => {
				const [newest, ...others] = await executions();
				return others.length > earlier.length ? newest : undefined;
			});
			expect(await waitForExecution(session, retry.id)).toMatchObject({ status });
		}

		expect(sent()).toEqual(Array(CUSTOMERS.length).fill(['Halo Kak']));
	});
}
