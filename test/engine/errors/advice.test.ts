import { byId } from '../../support/locator';
import { createCrashedExecution } from '../../support/retryData';
import { allSentTexts, contactsOf, conversationsOf, openWorkspace } from '../../support/workspace';
import { BUDI, openWithContact, runItem, templateToPhone } from '../delivery/deliveryFixture';

it('the error of a first message that gets a 429 names the created conversation', async () => {
	const { workspace, contact } = await openWithContact();
	workspace.sandbox.faults.add({
		kind: 'status',
		status: 429,
		retryAfter: 300,
		method: 'POST',
		path: /messages$/,
	});

	const { error } = await workspace.run({
		resource: 'conversation',
		operation: 'create',
		contactId: byId(contact.id),
		channelId: byId(workspace.sandbox.store.channelOfType('email').id),
		additionalFields: { firstMessage: 'Halo' },
	});

	const [conversation] = conversationsOf(workspace);
	expect(error?.context.reason).toBe('rate_limited');
	expect(error?.description).toContain(`Conversation ${conversation!.id} exists`);
	expect(error?.description).not.toContain('Nothing was done');
});

it('the error of a Retry that cannot find the message of an earlier try does not claim that nothing was sent', async () => {
	const { workspace, contact } = await openWithContact();
	const { store } = workspace.sandbox;
	store.conversationOrder = 'created';
	store.addConversations(1_200, { status: 'resolved' });
	store.addConversation({ contact, status: 'resolved' });
	store.addConversations(1_200, { status: 'resolved' });
	const execution = createCrashedExecution(workspace, templateToPhone(workspace), [BUDI]);

	const { error } = await execution.retry();

	expect(error?.context.reason).toBe('unknown_outcome');
	expect(error?.description).toMatch(/\S/);
	expect(error?.description).not.toContain('Nothing was sent.');
	expect(allSentTexts(workspace)).toEqual([]);
});

it('the advice for a 429 does not claim that nothing was done if a contact and a conversation were created', async () => {
	const workspace = await openWorkspace();
	const fault = { kind: 'status', status: 429, retryAfter: 300 } as const;
	workspace.sandbox.faults.add({ ...fault, method: 'POST', path: /messages$/ });

	const { error } = await runItem(workspace, templateToPhone(workspace));

	expect(contactsOf(workspace)).toHaveLength(1);
	expect(conversationsOf(workspace)).toHaveLength(1);
	expect(error?.reason).toBe('rate_limited');
	expect(error?.advice).not.toContain('Nothing was done');
});
