import type { FinishedRun } from '../../support/engine';
import { openWorkspace, sendText, toPhone } from '../../support/workspace';

const hintsOf = ({ runs }: FinishedRun) =>
	runs('Sahut').flatMap(({ hints = [] }) => hints.map(({ message }) => message));

it('The summary of a run states how many messages were sent in which form, skipped and failed', async () => {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	const phones = ['+6281200000000', '+6281200000001', '+6281200000002'];
	const [recent, silent, optedOut] = phones.map((phone) => store.addContact({ phone }));
	store.addIncoming(store.addConversation({ contact: recent }).id, 'Halo');
	store.addConversation({ contact: silent });
	optedOut!.tags = ['stop'];
	const parameters = {
		...toPhone(workspace, { skipContactTags: ['stop'] }),
		messageType: 'textOrTemplate',
		content: 'Halo',
	};
	const rows = [...phones, 'bukan nomor'].map((phone) => ({ phone, name: 'Budi' }));

	const run = await workspace.run(parameters, rows, { onError: 'continueRegularOutput' });

	expect(hintsOf(run)).toEqual([
		'2 of 4 items were sent (1 as text, 1 as template), 1 was skipped (tag "stop"), and 1 failed.',
	]);
});

it('A single message that was sent has no summary', async () => {
	const workspace = await openWorkspace();
	const [conversation] = workspace.addConversations(1);

	const run = await workspace.run(sendText, [{ conversation, text: 'Halo' }]);

	expect(hintsOf(run)).toEqual([]);
});

it.each(['conversation', 'contact'])(
	'The summary of a list of each %s states the total if Limit leaves out records',
	async (resource) => {
		const workspace = await openWorkspace();
		workspace.addConversations(1_234);
		const list = { resource, operation: 'list', returnAll: false };

		const limited = await workspace.run({ ...list, limit: 50 });
		const complete = await workspace.run({ ...list, returnAll: true });

		expect(hintsOf(limited)).toEqual([`Limit: 50 of 1,234 ${resource}s were read.`]);
		expect(hintsOf(complete)).toEqual([]);
	},
);

it('The summary of several lists of messages adds up their totals', async () => {
	const workspace = await openWorkspace();
	const conversations = workspace.addConversations(2);
	for (const id of conversations) {
		for (let count = 0; count < 30; count++) workspace.sandbox.store.addIncoming(id, 'Halo');
	}
	const list = {
		resource: 'message',
		operation: 'list',
		conversationId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
		returnAll: false,
		limit: 10,
	};
	const rows = conversations.map((id) => ({ id }));
	const types = ['incoming'];

	const limited = await workspace.run(list, rows);
	const newest = await workspace.run({ ...list, options: { order: 'newestFirst' } }, rows);
	const filtered = await workspace.run({ ...list, filters: { types } }, rows);

	const message = '2 of 2 items were read. Limit: 20 of 62 messages were read.';
	expect(hintsOf(limited)).toEqual([message]);
	expect(hintsOf(newest)).toEqual([message]);
	expect(hintsOf(filtered)).toEqual(['2 of 2 items were read.']);
});

it('If an item stops the node, the error contains the summary', async () => {
	const workspace = await openWorkspace();
	const conversations = workspace.addConversations(3);
	workspace.rejectMessages(conversations[2]);

	const { error } = await workspace.run(
		{ ...sendText, options: { concurrency: 1 } },
		conversations.map((conversation) => ({ conversation, text: 'Halo' })),
	);

	expect(error?.description).toContain('2 of 3 items were sent.');
});
