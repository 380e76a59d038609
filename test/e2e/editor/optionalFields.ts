import type { Locator } from 'playwright-core';

import {
	addAction,
	addNode,
	addOption,
	choose,
	enterId,
	executeStep,
	field,
	openNewWorkflow,
} from '../../../scripts/editor';
import { addConversation, addCredential, testInEditor, type Desk } from './desk';

const ASSIGNEE = 'assigneeId';

/** The action's panel with its optional field Assignee, of which nothing was chosen. */
async function addAssignee(desk: Desk, action: string): Promise<Locator> {
	const { page } = desk;
	await addCredential(desk);
	await openNewWorkflow(page);
	await addNode(page, 'manual', 'Trigger manually');
	await addAction(page, 'Sahut', 'Actions', action);
	await addOption(page, 'Assignee Name or ID');
	const added = field(page, ASSIGNEE);
	await added.waitFor();
	return added;
}

export function describeOptionalFields(desk: Desk): void {
	testInEditor(desk, 'says what becomes of an assignee who was not chosen, unframed', async () => {
		const { page, sandbox } = desk;
		const id = addConversation(desk);
		const added = await addAssignee(desk, 'Update a conversation');

		expect(await added.locator('input:not([disabled])').inputValue()).toBe('Leave as It Is');
		// What n8n frames in red has this class.
		expect(await added.locator('.has-issues').count()).toBe(0);
		await enterId(page, 'conversationId', id);
		const output = await executeStep(page);

		expect(await output.innerText()).toContain('There is nothing to update');
		expect(sandbox.journal.entries.map(({ method }) => method)).not.toContain('PUT');
	});

	testInEditor(desk, 'gives a conversation to nobody', async () => {
		const { page, sandbox } = desk;
		const conversation = sandbox.store.conversations.get(addConversation(desk))!;
		const [agent] = [...sandbox.store.agents.values()];
		sandbox.store.updateConversation(conversation, { assignee: agent! });
		await addAssignee(desk, 'Update a conversation');

		await choose(page, ASSIGNEE, 'Nobody');
		await enterId(page, 'conversationId', conversation.id);
		await executeStep(page);

		expect(conversation.assignee).toBeNull();
	});
}
