import { sahutWorkflow, searchList } from './engine';
import { openWorkspace, sendText } from './workspace';

async function openInbox() {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	const email = [...store.channels.values()].find(({ type }) => type === 'email')!;
	const budi = store.addContact({ name: 'Budi Santoso', phone: '+628123456789' });
	const siti = store.addContact({ name: 'Siti Rahayu', phone: '+628777000111' });
	const { id: budiOnWhatsapp } = store.addConversation({ contact: budi });
	const { id: budiByEmail } = store.addConversation({ contact: budi, channel: email });
	const { id: sitiOnWhatsapp } = store.addConversation({ contact: siti, status: 'resolved' });
	const search = async (filter?: string, token?: string) =>
		await searchList(
			{ ...sahutWorkflow(sendText), credentials: workspace.credentials },
			'searchConversations',
			filter,
			token,
		);
	return { ...workspace, store, search, budiOnWhatsapp, budiByEmail, sitiOnWhatsapp };
}

describe('the list of conversations', () => {
	it('names contact, channel and status', async () => {
		const { search, budiOnWhatsapp, budiByEmail, sitiOnWhatsapp } = await openInbox();

		const { results, paginationToken } = await search();

		expect(results.map(({ name, value }) => [value, name]).sort()).toEqual(
			[
				[budiOnWhatsapp, 'Budi Santoso · WhatsApp Utama · open'],
				[budiByEmail, 'Budi Santoso · Email Dukungan · open'],
				[sitiOnWhatsapp, 'Siti Rahayu · WhatsApp Utama · resolved'],
			].sort(),
		);
		expect(paginationToken).toBeUndefined();
	});

	it.each([
		['a part of the name', 'santo', ['budiOnWhatsapp', 'budiByEmail']],
		[
			'the phone number, as people in Indonesia write it',
			'0812-3456',
			['budiOnWhatsapp', 'budiByEmail'],
		],
		['the international number', '+62 877 7000', ['sitiOnWhatsapp']],
		['the channel', 'email', ['budiByEmail']],
		['nobody', 'Joko', []],
		['a number that only the list of pages has', '99', []],
	] as const)('can be searched by %s', async (_, filter, expected) => {
		const { search, ...inbox } = await openInbox();

		const { results } = await search(filter);

		expect(results.map(({ value }) => value).sort()).toEqual(
			expected.map((name) => inbox[name]).sort(),
		);
	});

	it('goes on page by page, and reads ahead until something matches', async () => {
		const { search, store, sandbox } = await openInbox();
		for (let index = 0; index < 350; index++) store.addConversation();
		sandbox.journal.clear();

		const first = await search();
		expect(first.results).toHaveLength(100);
		expect(first.paginationToken).toBe('2');
		expect((await search('', '4')).results).toHaveLength(53);

		sandbox.journal.clear();
		const found = await search('siti');
		expect(found.results).toHaveLength(1);
		const rest = found.paginationToken ? await search('siti', found.paginationToken) : undefined;
		expect(rest?.results ?? []).toEqual([]);
		expect(rest?.paginationToken).toBeUndefined();
	});

	it('tells of a key that is not accepted', async () => {
		const { search, credentials } = await openInbox();
		credentials.sahutApi!.apiKey = 'sk_live_wrong';

		await expect(search()).rejects.toThrow('Sahut does not accept the API key');
	});
});
