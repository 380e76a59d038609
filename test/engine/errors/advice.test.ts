import { byId } from '../../support/locator';
import { crashedExecution } from '../../support/retryData';
import { BUDI, openWithContact, templateToPhone } from '../delivery/deliveryFixture';

it('the advice for a 429 of a first message does not claim that nothing was done', async () => {
	const { workspace, contact } = await openWithContact();
	workspace.sandbox.faults.add({
		kind: 'status',
		status: 429,
		retryAfter: 300,
		method: 'POST',
		path: /messages$/,
	});
	const run = await workspace.run({
		resource: 'conversation',
		operation: 'create',
		contactId: byId(contact.id),
		channelId: byId(workspace.sandbox.store.channelOfType('email').id),
		additionalFields: { firstMessage: 'Halo' },
	});
	expect(String(run.error?.description)).not.toMatch(/Nothing was done/);
});

it('a Retry that cannot determine whether a number has the message only speaks of this try', async () => {
	const { workspace, contact } = await openWithContact();
	const { store } = workspace.sandbox;
	store.conversationOrder = 'created';
	store.addConversations(1_200, { status: 'resolved' });
	store.addConversation({ contact, status: 'resolved' });
	store.addConversations(1_200, { status: 'resolved' });
	const execution = crashedExecution(workspace, templateToPhone(workspace), [BUDI]);
	const run = await execution.retry();
	expect(run.error?.message).toMatch(/not known/);
	expect(String(run.error?.description)).not.toMatch(/Nothing was sent\./);
});
