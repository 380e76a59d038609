import { OTHER_BOT, addAutoReply, addResolveRule } from '../support/automation';
import { openConversation } from '../support/workspace';

const REPLY = 'Terima kasih, kami akan segera membalas.';

test('addResolveRule resolves a conversation after a message to the customer, but not after a note', async () => {
	const { workspace, conversation } = await openConversation();
	const { store, request } = workspace.sandbox;
	addResolveRule(workspace);
	const record = store.conversations.get(conversation)!;

	store.addIncoming(conversation, 'Halo lagi');
	await request('POST', `/conversations/${conversation}/messages`, {
		content: 'Catatan',
		private: true,
	});

	expect(record.status).toBe('open');

	await request('POST', `/conversations/${conversation}/messages`, { content: 'Ya' });

	expect(record.status).toBe('resolved');
});

test.each(['the API’s own sender', 'another bot'])(
	'addAutoReply adds one reply from %s after each message through the API',
	async (name) => {
		const { workspace, conversation } = await openConversation();
		const { store, request } = workspace.sandbox;
		const sender = name === 'another bot' ? OTHER_BOT : store.bot;
		addAutoReply(workspace, REPLY, sender);

		store.addIncoming(conversation, 'Halo lagi');
		await request('POST', `/conversations/${conversation}/messages`, { content: 'Ya' });

		expect(workspace.sent(conversation)).toEqual(['Ya', REPLY]);
		expect(store.messages(conversation).at(-1)).toMatchObject({ sender });
	},
);
