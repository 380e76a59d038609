import { retry } from '../../../support/retryData';
import { openConversation, openWorkspace, sendText } from '../../../support/workspace';
import { continueInAnotherProcess } from '../customerFixture';
import { skipReasonsOf, skipWithin } from '../acrossExecutions/skipHelpers';

const MAY_BE_A_NOTE = expect.stringContaining(
	'does not show whether that message is a note',
) as string;

const sendNote = { ...sendText, options: { private: true } };
const sendNoteOnce = { ...sendText, ...skipWithin(24, { private: true }) };

it('does not match a note whose response was lost with a message to the customer that has the same text', async () => {
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
	['finds a note by its ID in a Retry in the same process', false, undefined],
	['does not write a note again in a Retry in another process', true, MAY_BE_A_NOTE],
])('%s when Sahut does not show whether a message is a note', async (_, isAnother, reason) => {
	const workspace = await openWorkspace();
	const [refused, conversation] = workspace.addConversations(2);
	const rows = [refused, conversation].map((id) => ({ conversation: id, text: 'Halo' }));
	const oneByOne = { ...sendText, options: { private: true, concurrency: 1 } };
	workspace.rejectMessages(refused);
	const failed = await workspace.run(oneByOne, rows);
	await retry(workspace, failed, oneByOne);
	if (isAnother) continueInAnotherProcess(workspace);

	const again = await retry(workspace, failed, oneByOne);

	expect(again.status).toBe(reason === undefined ? 'success' : 'error');
	expect(again.error?.description).toEqual(reason);
	expect(workspace.sent(conversation!)).toEqual(['Halo']);
});

describe('Skip If Sent Within', () => {
	it('finds a note that this process has sent', async () => {
		const { workspace, conversation } = await openConversation();
		const row = { conversation, text: 'Cek stok' };
		await workspace.run(sendNoteOnce, [row]);

		const again = await workspace.run(sendNoteOnce, [row]);

		expect(skipReasonsOf(again)).toEqual(['sent_before']);
		expect(workspace.sent(conversation)).toEqual(['Cek stok']);
	});

	it('fails if a message with the same text may be a note', async () => {
		const { workspace, conversation } = await openConversation();
		workspace.sandbox.store.send(conversation, { content: 'Cek harga', private: true });

		const { error } = await workspace.run(sendNoteOnce, [{ conversation, text: 'Cek harga' }]);

		expect(error?.description).toEqual(MAY_BE_A_NOTE);
		expect(workspace.sent(conversation)).toEqual(['Cek harga']);
	});
});
