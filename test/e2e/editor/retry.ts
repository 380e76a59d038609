import {
	endOfRun,
	nodeOnCanvas,
	openExecution,
	openExecutions,
	openWorkflow,
	retryExecution,
	startWorkflow,
} from '../../../scripts/editor';
import { createWorkflow, listExecutions, until } from '../../../scripts/n8n';
import { chain, manualTrigger, rows, sendText } from '../../../scripts/n8n/parts';
import { addConversation, addCredential, testInEditor, type Desk } from './desk';

const CUSTOMERS = ['Budi Santoso', 'Siti Aminah', 'Made Wirawan', 'Ratna Sari', 'Yusuf Hidayat'];

export function describeRetry(desk: Desk): void {
	testInEditor(desk, 'sends each customer one message, by the Retry buttons', async () => {
		const { page, sandbox, session } = desk;
		const conversations = CUSTOMERS.map((name) => addConversation(desk, name));
		const sent = () =>
			conversations.map(
				(id) => sandbox.store.messages(id).filter(({ type }) => type === 'outgoing').length,
			);
		const credential = await addCredential(desk);
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
		expect(await endOfRun(page)).toMatch(/Sahut refused the data .*\[item 1\]/);
		await nodeOnCanvas(page, 'Send').getByTestId('canvas-node-status-mark-error').waitFor();
		expect(sent()[1]).toBe(0);

		for (const [workflow, status] of [
			['original', 'Error'],
			['current', 'Succeeded'],
		] as const) {
			const [latest, ...earlier] = await listExecutions(session, { workflowId: id });
			await openExecution(page, id, latest!.id);
			await retryExecution(page, workflow);
			await until('the retry to end', 60_000, async () => {
				const [retry, ...others] = await listExecutions(session, { workflowId: id });
				const isOver = retry?.status === 'error' || retry?.status === 'success';
				return others.length > earlier.length && isOver ? true : undefined;
			});
			const entries = await openExecutions(page, id);
			await entries.first().getByText(status).waitFor();
		}

		expect(sent()).toEqual([1, 1, 1, 1, 1]);
	});
}
