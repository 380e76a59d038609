import { retry } from '../../../support/retryData';
import { openConversation, openWorkspace, sendText } from '../../../support/workspace';
import { continueInAnotherProcess } from '../customerFixture';
import { skipReasonsOf, skipWithin } from '../acrossExecutions/skipHelpers';

const sendNote = { ...sendText, options: { private: true } };

it('does not match a note whose response is lost with a message to the customer that has the same text', async () => {
	const { workspace, conversation } = await openConversation();
	const { faults, store } = workspace.sandbox;
	faults.add({ kind: 'dropBefore', method: 'POST' });
	const running = workspace.run(sendNote, [{ conversation, text: 'Halo' }], {
		onError: 'continueRegularOutput',
	});
	store.send(conversation, { content: 'Halo' });

	const [item] = (await running).output('Sahut');

	expect(item!.json.error).toMatchObject({ mayHaveArrived: true });
});

it.each([
	['finds a note by its ID in a retry in the same process', false],
	['does not write a note again in a retry in another process', true],
])('%s when Sahut does not show whether a message is a note', async (_, isAnother) => {
	const workspace = await openWorkspace();
	const [refused, conversation] = workspace.addConversations(2);
	const rows = [refused, conversation].map((id) => ({ conversation: id, text: 'Halo' }));
	const oneByOne = { ...sendText, options: { private: true, concurrency: 1 } };
	workspace.refuse(refused);
	const failed = await workspace.run(oneByOne, rows);
	await retry(workspace, failed, oneByOne);
	if (isAnother) continueInAnotherProcess(workspace);

	const again = await retry(workspace, failed, oneByOne);

	if (isAnother)
		expect(again.error?.message).toContain('Sahut does not say whether that is a note');
	else expect(again.status).toBe('success');
	expect(workspace.sent(conversation!)).toEqual(['Halo']);
});

it('Skip If Sent Within finds a note that this process has sent, and fails for a message that may be a note', async () => {
	const { workspace, conversation } = await openConversation();
	const noteOnce = { ...sendText, ...skipWithin(24, { private: true }) };
	const row = { conversation, text: 'Cek stok' };
	await workspace.run(noteOnce, [row]);

	const again = await workspace.run(noteOnce, [row]);

	expect(skipReasonsOf(again)).toEqual(['sent_before']);
	workspace.sandbox.store.send(conversation, { content: 'Cek harga', private: true });
	const { error } = await workspace.run(noteOnce, [{ conversation, text: 'Cek harga' }]);
	expect(error?.message).toContain('Sahut does not say whether that is a note');
	expect(workspace.sent(conversation)).toEqual(['Cek stok', 'Cek harga']);
});
