import { HOUR_MS } from '../../../../sandbox/clock';
import type { Conversation } from '../../../../sandbox/records';
import { conversationsOf, type Workspace } from '../../../support/workspace';
import { ANI, toPhoneOnChannel, openChannel } from './channelFixture';
import { now } from '../../../support/testClock';

describe('the cached conversation of a customer', () => {
	it.each<[string, (workspace: Workspace, conversation: Conversation) => void]>([
		[
			'was resolved',
			({ sandbox: { store } }, conversation) =>
				store.updateConversation(conversation, { status: 'resolved' }),
		],
		[
			'was moved to another channel',
			({ sandbox: { store } }, conversation) => {
				conversation.channel = store.addChannel({ name: 'Lain' });
			},
		],
		['was deleted', ({ sandbox: { store } }, { id }) => void store.conversations.delete(id)],
	])('is replaced by a new one if it %s in the meantime', async (_, change) => {
		const workspace = await openChannel();
		await workspace.send();
		const [known] = conversationsOf(workspace) as [Conversation];
		change(workspace, known);

		const { output } = await workspace.send();

		expect(output('Sahut')[0]!.json).toMatchObject({ conversation_created: true });
		expect(workspace.sandbox.store.contacts.size).toBe(1);
	});

	it('is separate for each channel', async () => {
		const workspace = await openChannel();
		const { id: second } = workspace.sandbox.store.addChannel({ name: 'Kedua' });

		for (let time = 1; time <= 2; time++) {
			await workspace.send();
			await workspace.send(ANI, toPhoneOnChannel(workspace, second));
		}

		const channels = conversationsOf(workspace).map(({ channel }) => channel.id);
		expect(channels.sort()).toEqual([workspace.channel, second].sort());
	});

	it('is replaced by one that was just opened, if it was resolved', async () => {
		const workspace = await openChannel();
		const { store } = workspace.sandbox;
		const contact = store.addContact({ phone: '+6281200000001' });
		await workspace.send({ phone: '0812 0000 0002', name: 'Budi' });
		await workspace.send();
		const [first] = conversationsOf(workspace).filter((each) => each.contact.id === contact.id);
		store.updateConversation(first!, { status: 'resolved' });
		const { id } = store.addConversation({
			contact,
			channel: store.channels.get(workspace.channel)!,
		});

		const { output } = await workspace.send();

		expect(output('Sahut')[0]!.json).toMatchObject({ conversation_id: id, contact_id: contact.id });
	});
});

it('reads the complete list at most once a minute if it is not ordered by activity', async () => {
	const workspace = await openChannel({ conversationOrder: 'created' });
	const { store } = workspace.sandbox;
	const channel = store.channels.get(workspace.channel)!;
	const until = new Date(now() - HOUR_MS);
	const [oldest] = store.addConversations(250, { until, channel });
	store.addIncoming(oldest!.id, 'Halo');
	for (const number of [1, 2, 3]) store.addContact({ phone: `+6281200000${100 + number}` });
	const countLists = () =>
		workspace.requests().filter((each) => each === 'GET /conversations').length;

	await workspace.send({ phone: '0812 0000 0101', name: 'Ani' });
	// The first page of all conversations, three pages of open ones, and one page each of pending and snoozed ones.
	expect(countLists()).toBe(6);
	await workspace.send({ phone: '0812 0000 0102', name: 'Budi' });
	await workspace.send({ phone: '0812 0000 0103', name: 'Citra' });

	// Each send reads only the first page, which shows new conversations.
	expect(countLists()).toBe(6 + 2);
});
