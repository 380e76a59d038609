import {
	addAction,
	closePanel,
	openExecutions,
	openNewWorkflow,
	openNode,
	openWorkflow,
	publishWorkflow,
	waitForTestWebhook,
	waitForOutput,
	workflowId,
} from '../../../scripts/editor';
import { deactivateWorkflow, until, waitUntilPublished } from '../../../scripts/n8n';
import { addConversation, addCredential } from '../n8nFixture';
import { testInEditor, type EditorFixture } from './editorFixture';

const TITLE =
	'starts the published workflow only for genuine events, and can wait for a test event at the same time';

/** Defines the test of the trigger. */
export function describeTrigger(fixture: EditorFixture): void {
	testInEditor(fixture, TITLE, async () => {
		const { page, sandbox, session } = fixture;
		const conversation = addConversation(fixture);
		await addCredential(fixture);
		await openNewWorkflow(page);
		await addAction(page, 'Sahut', 'Triggers', 'On message created');
		await closePanel(page);

		await publishWorkflow(page);
		const id = workflowId(page);
		await waitUntilPublished(session, id);

		const [production, ...otherWebhooks] = [...sandbox.store.webhooks.values()];
		expect(production).toMatchObject({ events: ['message.created'] });
		expect(otherWebhooks).toEqual([]);

		sandbox.store.addIncoming(conversation, 'Halo Kak');
		expect(await sandbox.deliveries.forge()).toMatchObject({ status: 401 });
		sandbox.store.addIncoming(conversation, 'Masih ada?');
		await sandbox.deliveries.settled();

		const executions = await openExecutions(page, id);
		await executions.nth(1).getByText('Succeeded').waitFor();
		expect(await executions.getByText('Succeeded').count()).toBe(2);
		expect(await executions.count()).toBe(2);

		await openWorkflow(page, id);
		await openNode(page, 'Sahut Trigger');
		await page.getByTestId('trigger-execute-button').click();
		const test = await waitForTestWebhook(sandbox);

		expect(test.secret).not.toBe(production!.secret);
		sandbox.store.addIncoming(conversation, 'Ada ukuran L?');
		const output = await (await waitForOutput(page)).innerText();

		expect(output).toContain('1 item');
		expect(output).toContain('message.created');
		expect(output).toContain('Ada ukuran L?');
		await until('the test webhook to be deleted', 30_000, () =>
			sandbox.store.webhooks.has(test.id) ? undefined : true,
		);
		expect([...sandbox.store.webhooks.keys()]).toEqual([production!.id]);

		await deactivateWorkflow(session, id);
		expect(sandbox.store.webhooks.size).toBe(0);
	});
}
