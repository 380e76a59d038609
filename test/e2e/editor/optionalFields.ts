import { addOption, selectOption, executeStep, locateField } from '../../../scripts/editor';
import { until } from '../../../scripts/n8n';
import { byId } from '../../support/locator';
import { addConversation } from '../n8nFixture';
import { openStoredNode, testInEditor, type EditorFixture } from './editorFixture';

const ASSIGNEE = 'assigneeId';

/** Defines the tests of optional fields. */
export function describeOptionalFields(fixture: EditorFixture): void {
	testInEditor(fixture, 'is valid and changes nothing until a value is selected', async () => {
		const { page, sandbox } = fixture;
		const conversation = sandbox.store.conversations.get(addConversation(fixture))!;
		const [agent] = [...sandbox.store.agents.values()];
		sandbox.store.updateConversation(conversation, { assignee: agent! });
		const conversationId = byId(conversation.id);
		await openStoredNode(fixture, {
			resource: 'conversation',
			operation: 'update',
			conversationId,
		});
		await addOption(page, 'Assignee Name or ID');
		const assigneeField = locateField(page, ASSIGNEE);
		await assigneeField.waitFor();

		expect(await assigneeField.locator('input:not([disabled])').inputValue()).toBe('No Change');
		// n8n marks invalid fields with this class.
		expect(await assigneeField.locator('.has-issues').count()).toBe(0);

		const output = await executeStep(page);

		expect(await output.innerText()).toContain('There is nothing to update');
		expect(sandbox.journal.entries.map(({ method }) => method)).not.toContain('PUT');
		expect(conversation.assignee).toEqual(agent);

		await selectOption(page, ASSIGNEE, 'Unassigned');
		await executeStep(page);
		await until(
			'the assignee to be removed',
			30_000,
			() => conversation.assignee === null || undefined,
		);
	});
}
