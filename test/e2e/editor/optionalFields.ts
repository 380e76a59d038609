import { addOption, choose, executeStep, field } from '../../../scripts/editor';
import { until } from '../../../scripts/n8n';
import { byId } from '../../support/locator';
import { addConversation } from '../n8nFixture';
import { openStored, testInEditor, type EditorFixture } from './editorFixture';

const ASSIGNEE = 'assigneeId';

export function describeOptionalFields(fixture: EditorFixture): void {
	testInEditor(
		fixture,
		'without a selected assignee shows that nothing changes, and is valid',
		async () => {
			const { page, sandbox } = fixture;
			const conversation = sandbox.store.conversations.get(addConversation(fixture))!;
			const [agent] = [...sandbox.store.agents.values()];
			sandbox.store.updateConversation(conversation, { assignee: agent! });
			const conversationId = byId(conversation.id);
			await openStored(fixture, { resource: 'conversation', operation: 'update', conversationId });
			await addOption(page, 'Assignee Name or ID');
			const added = field(page, ASSIGNEE);
			await added.waitFor();

			expect(await added.locator('input:not([disabled])').inputValue()).toBe('No Change');
			// n8n marks invalid fields with this class.
			expect(await added.locator('.has-issues').count()).toBe(0);
			const output = await executeStep(page);
			expect(await output.innerText()).toContain('There is nothing to update');
			expect(sandbox.journal.entries.map(({ method }) => method)).not.toContain('PUT');
			expect(conversation.assignee).toEqual(agent);

			await choose(page, ASSIGNEE, 'Unassigned');
			await executeStep(page);
			await until(
				'the assignee to be removed',
				30_000,
				() => conversation.assignee === null || undefined,
			);
		},
	);
}
