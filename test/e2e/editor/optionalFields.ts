import { addOption, choose, executeStep, field } from '../../../scripts/editor';
import { until } from '../../../scripts/n8n';
import { byId } from '../../support/locator';
import { addConversation } from '../useN8n';
import { openStored, testInEditor, type Desk } from './desk';

const ASSIGNEE = 'assigneeId';

export function describeOptionalFields(desk: Desk): void {
	testInEditor(desk, 'say what becomes of an assignee who was not chosen, unframed', async () => {
		const { page, sandbox } = desk;
		const conversation = sandbox.store.conversations.get(addConversation(desk))!;
		const [agent] = [...sandbox.store.agents.values()];
		sandbox.store.updateConversation(conversation, { assignee: agent! });
		const conversationId = byId(conversation.id);
		await openStored(desk, { resource: 'conversation', operation: 'update', conversationId });
		await addOption(page, 'Assignee Name or ID');
		const added = field(page, ASSIGNEE);
		await added.waitFor();

		expect(await added.locator('input:not([disabled])').inputValue()).toBe('No Change');
		// What n8n frames in red has this class.
		expect(await added.locator('.has-issues').count()).toBe(0);
		const output = await executeStep(page);
		expect(await output.innerText()).toContain('There is nothing to update');
		expect(sandbox.journal.entries.map(({ method }) => method)).not.toContain('PUT');
		expect(conversation.assignee).toEqual(agent);

		await choose(page, ASSIGNEE, 'Unassigned');
		await executeStep(page);
		await until('nobody to have it', 30_000, () => conversation.assignee === null || undefined);
	});
}
