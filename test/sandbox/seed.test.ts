import { HOUR_MS } from '../../sandbox/clock';
import { openSandbox } from '../support/openSandbox';

const now = () => new Date('2024-03-15T08:30:00Z');

async function everything(options: Parameters<typeof openSandbox>[0]) {
	const { store } = await openSandbox(options);
	return [...store.conversations.values()].map((conversation) => ({
		...conversation,
		messages: [...store.messages(conversation.id)],
	}));
}

test('makes the same data for the same seed and time, and other data for another', async () => {
	const first = await everything({ now, seed: 7 });

	expect(await everything({ now, seed: 7 })).toEqual(first);
	expect(await everything({ now, seed: 8 })).not.toEqual(first);
});

test('begins with conversations of all kinds, some of which take no free text any more', async () => {
	const { request, store } = await openSandbox();

	const conversations = [...store.conversations.values()];

	expect(conversations).toHaveLength(24);

	const types = new Set<string>();
	const refused: string[] = [];
	for (const { id, contact, channel } of conversations) {
		expect(id).toMatch(/^conv_[0-9A-HJKMNP-TV-Z]{14}$/);
		expect(contact.phone).toMatch(/^\+628\d{10}$/);
		const messages = store.messages(id);
		for (const { type } of messages) types.add(type);
		expect(messages.length).toBeGreaterThanOrEqual(3);
		expect(messages.length).toBeLessThanOrEqual(12);
		const times = messages.map(({ created_at }) => created_at);
		expect(times).toEqual([...times].sort());
		// What breaks the contract would be answered with a 500.
		for (const path of [`conversations/${id}`, `conversations/${id}/messages`]) {
			expect((await request('GET', `/${path}`)).status).toBe(200);
		}
		expect((await request('GET', `/contacts/${contact.id}`)).status).toBe(200);
		const sent = await request('POST', `/conversations/${id}/messages`, { content: 'Halo' });
		if (sent.status === 422) refused.push(channel.type);
	}

	expect([...types].sort()).toEqual(['activity', 'incoming', 'outgoing']);
	expect(new Set(conversations.map(({ channel }) => channel.name))).toEqual(
		new Set(['WhatsApp Utama', 'Email Dukungan', 'Instagram Toko']),
	);
	expect(refused).toEqual(['whatsapp', 'whatsapp', 'whatsapp']);
});

test('two sandboxes of one test process have different IDs', async () => {
	const [first, second] = [await openSandbox(), await openSandbox()];
	const ids = ({ store }: typeof first) => [
		...store.conversations.keys(),
		...store.contacts.keys(),
		...store.channels.keys(),
		store.bot.id,
	];

	const others = new Set(ids(second));

	expect(ids(first).filter((id) => others.has(id))).toEqual([]);
});

test('makes as much data as asked for', async () => {
	const data = { conversations: 5, messagesPerConversation: { min: 40, max: 40 } };

	const conversations = await everything({ data });

	expect(conversations.map(({ messages }) => messages.length)).toEqual([40, 40, 40, 40, 40]);
});

test('empty leaves channels, agents and templates', async () => {
	const { store } = await openSandbox({ data: 'empty' });

	expect(store.conversations.size + store.contacts.size).toBe(0);

	const channels = [...store.channels.values()].map(({ type }) => type);

	expect(channels).toEqual(['whatsapp', 'email', 'instagram']);
	expect(store.agents.size).toBe(4);
	expect([...store.templates.keys()]).toContain('tmpl_follow_up');
});

test('adds many messages, the last of them now, an hour apart if told so', async () => {
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
