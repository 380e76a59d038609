import { HOUR_MS } from '../../sandbox/clock';
import { openSandbox } from '../support/openSandbox';

const now = () => new Date('2024-03-15T08:30:00Z');

/** Opens a sandbox. @returns its conversations with their messages */
async function readSampleData(options: Parameters<typeof openSandbox>[0]) {
	const { store } = await openSandbox(options);
	return [...store.conversations.values()].map((conversation) => ({
		...conversation,
		messages: [...store.messages(conversation.id)],
	}));
}

test('the sample data depends only on the seed and the time', async () => {
	const first = await readSampleData({ now, seed: 7 });

	expect(await readSampleData({ now, seed: 7 })).toEqual(first);
	expect(await readSampleData({ now, seed: 8 })).not.toEqual(first);
});

test('the sample data covers all types of messages and channels, and some conversations without free text', async () => {
	const { request, store } = await openSandbox();

	const conversations = [...store.conversations.values()];

	expect(conversations).toHaveLength(24);

	const types = new Set<string>();
	const rejectedChannels: string[] = [];
	for (const { id, contact, channel } of conversations) {
		expect(id).toMatch(/^conv_[0-9A-HJKMNP-TV-Z]{14}$/);
		expect(contact.phone).toMatch(/^\+628\d{10}$/);
		const messages = store.messages(id);
		for (const { type } of messages) types.add(type);
		expect(messages.length).toBeGreaterThanOrEqual(3);
		expect(messages.length).toBeLessThanOrEqual(12);
		const times = messages.map(({ created_at }) => created_at);
		expect(times).toEqual([...times].sort());
		// The sandbox responds with 500 if a record violates the contract.
		for (const path of [`conversations/${id}`, `conversations/${id}/messages`]) {
			expect((await request('GET', `/${path}`)).status).toBe(200);
		}
		expect((await request('GET', `/contacts/${contact.id}`)).status).toBe(200);
		const sent = await request('POST', `/conversations/${id}/messages`, { content: 'Halo' });
		if (sent.status === 422) rejectedChannels.push(channel.type);
	}

	expect([...types].sort()).toEqual(['activity', 'incoming', 'outgoing']);
	expect(new Set(conversations.map(({ channel }) => channel.name))).toEqual(
		new Set(['WhatsApp Utama', 'Email Dukungan', 'Instagram Toko']),
	);
	expect(rejectedChannels).toEqual(['whatsapp', 'whatsapp', 'whatsapp']);
});

test('two sandboxes of the same test process have different IDs', async () => {
	const [first, second] = [await openSandbox(), await openSandbox()];
	const ids = ({ store }: typeof first) => [
		...store.conversations.keys(),
		...store.contacts.keys(),
		...store.channels.keys(),
		store.bot.id,
	];

	const secondIds = new Set(ids(second));

	expect(ids(first).filter((id) => secondIds.has(id))).toEqual([]);
});

test('the options set the amount of sample data', async () => {
	const data = { conversations: 5, messagesPerConversation: { min: 40, max: 40 } };

	const conversations = await readSampleData({ data });

	expect(conversations.map(({ messages }) => messages.length)).toEqual([40, 40, 40, 40, 40]);
});

test('a sandbox without sample data still has channels, agents and templates', async () => {
	const { store } = await openSandbox({ data: 'empty' });

	expect(store.conversations.size + store.contacts.size).toBe(0);

	const channels = [...store.channels.values()].map(({ type }) => type);

	expect(channels).toEqual(['whatsapp', 'email', 'instagram']);
	expect(store.agents.size).toBe(4);
	expect([...store.templates.keys()]).toContain('tmpl_follow_up');
});

test('addMessages adds messages with unique IDs up to now, at the given interval', async () => {
	const { store } = await openSandbox({ data: 'empty', now });
	const { id } = store.addConversation();
	store.addMessages(id, 100_000);

	const messages = store.messages(id);

	expect(new Set(messages.map((message) => message.id)).size).toBe(100_000);
	expect(messages.at(-1)?.created_at).toBe('2024-03-15T08:30:00Z');

	const { id: other } = store.addConversation();
	const [first, second] = store.addMessages(other, 2, { spacingMs: HOUR_MS });

	expect(Date.parse(second!.created_at) - Date.parse(first!.created_at)).toBe(HOUR_MS);
});
