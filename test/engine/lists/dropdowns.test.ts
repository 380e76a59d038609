import type { INodeProperties, INodeType } from 'n8n-workflow';

import { loadOptions, loadPackage, sahutWorkflow, searchList } from '../../support/engine';
import { openWorkspace, sendText } from '../../support/workspace';

/** Opens a workspace with three conversations of two contacts, and a search of the list. */
async function openWithConversations() {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	const email = store.channelOfType('email');
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

describe('The list of conversations', () => {
	it('shows contact, channel and status', async () => {
		const { search, budiOnWhatsapp, budiByEmail, sitiOnWhatsapp } = await openWithConversations();

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
		['the conversations of a name', 'santo', ['budiOnWhatsapp', 'budiByEmail']],
		['the conversations of a national number', '0812-3456', ['budiOnWhatsapp', 'budiByEmail']],
		['the conversations of an international number', '+62 877 7000', ['sitiOnWhatsapp']],
		['the conversations of a channel', 'email', ['budiByEmail']],
		['nothing for an unknown name', 'Joko', []],
		['nothing for an unknown number', '99', []],
	] as const)('finds %s: "%s"', async (_, filter, expected) => {
		const { search, ...workspace } = await openWithConversations();

		const { results } = await search(filter);

		expect(results.map(({ value }) => value).sort()).toEqual(
			expected.map((name) => workspace[name]).sort(),
		);
	});

	it('returns one page at a time', async () => {
		const { search, store } = await openWithConversations();
		store.addConversations(350);

		const first = await search();
		const last = await search('', '4');

		expect(first.results).toHaveLength(100);
		expect(first.paginationToken).toBe('2');
		expect(last.results).toHaveLength(53);
		expect(last.paginationToken).toBeUndefined();
	});

	it('reads further pages until a conversation matches', async () => {
		const { search, store, sandbox, sitiOnWhatsapp } = await openWithConversations();
		const contact = store.addContact({ name: 'Joko' });
		for (let index = 0; index < 350; index++) store.addConversation({ contact });
		sandbox.journal.clear();

		const { results, paginationToken } = await search('siti');

		expect(results.map(({ value }) => value)).toEqual([sitiOnWhatsapp]);
		expect(paginationToken).toBeUndefined();
		expect(sandbox.journal.entries.map(({ query }) => query.page)).toEqual(['1', '2', '3', '4']);
	});

	it('fails if Sahut rejects the API key', async () => {
		const { search, credentials } = await openWithConversations();
		credentials.sahutApi!.apiKey = 'sk_live_wrong';

		await expect(search()).rejects.toThrow('Sahut does not accept the API key');
	});
});

/** Opens a workspace with conversations on two of its channels, with two of its agents. */
async function openWithAgents() {
	const workspace = await openWorkspace();
	const { store } = workspace.sandbox;
	const [whatsapp, email] = [...store.channels.values()];
	const [dewi, rizky] = [...store.agents.values()];
	store.addConversation({ channel: email, assignee: rizky });
	store.addConversation({ channel: whatsapp, assignee: dewi });
	store.addConversation({ channel: whatsapp, assignee: dewi });
	store.addConversation({ channel: whatsapp });
	const toRun = { ...sahutWorkflow(sendText), credentials: workspace.credentials };
	return {
		...workspace,
		store,
		search: async (method: string, ...rest: string[]) => await searchList(toRun, method, ...rest),
		load: async (method: string) => await loadOptions(toRun, method),
		channels: [
			{ name: 'Email Dukungan · email', value: email!.id },
			{ name: 'WhatsApp Utama · whatsapp', value: whatsapp!.id },
		],
		agents: [
			{ name: 'Dewi Lestari', value: dewi!.id },
			{ name: 'Rizky Pratama', value: rizky!.id },
		],
	};
}

describe('The list of contacts', () => {
	it('shows the phone number or the email address', async () => {
		const { search, store } = await openWithAgents();
		store.contacts.clear();
		const all = { phone: '+628123456789', email: 'budi@example.com' };
		const { id: both } = store.addContact({ name: 'Budi Santoso', ...all });
		const { id: email } = store.addContact({ name: 'Siti', email: 'siti@example.com' });
		const { id: neither } = store.addContact({ name: 'Joko' });

		expect((await search('searchContacts')).results).toEqual([
			{ name: 'Joko', value: neither },
			{ name: 'Siti · siti@example.com', value: email },
			{ name: 'Budi Santoso · +628123456789', value: both },
		]);
	});

	it.each([
		['a part of the name', ' santo ', 'santo'],
		['a national number', '0812-3456', '+628123456'],
		['an international number', '+62 812', '+62812'],
		['a part of a number', '3456', '3456'],
		['a part of an email address', 'budi@', 'budi@'],
	])('makes Sahut search by %s', async (_, filter, q) => {
		const { search, store, sandbox } = await openWithAgents();
		const { id } = store.addContact({ phone: '+628123456789', email: 'budi@example.com' });

		const { results } = await search('searchContacts', filter);

		expect(results.map(({ value }) => value)).toContain(id);
		expect(sandbox.journal.entries.map(({ query }) => query.q)).toEqual([q]);
	});

	it('returns the next page of the search that has found contacts', async () => {
		const { search, store, sandbox } = await openWithAgents();
		store.contacts.clear();
		for (let index = 0; index < 130; index++) {
			store.addContact({ phone: `62812345${1000 + index}` });
		}

		const first = await search('searchContacts', '0812345');
		sandbox.journal.clear();
		const second = await search('searchContacts', '0812345', first.paginationToken as string);

		expect([first.results.length, second.results.length]).toEqual([100, 30]);
		expect(second.paginationToken).toBeUndefined();
		const searches = sandbox.journal.entries.map(({ query }) => [query.q, query.page]);
		expect(searches).toEqual([['812345', '2']]);
	});

	it('finds a number in its stored form with the deviations raw-phones and exact-search', async () => {
		const { sandbox, credentials } = await openWorkspace({
			deviations: ['raw-phones', 'exact-search'],
		});
		const { id } = sandbox.store.addContact({ phone: '(0812) 3456-7890' });
		const toRun = { ...sahutWorkflow(sendText), credentials };

		const { results } = await searchList(toRun, 'searchContacts', '(0812) 3456-7890');

		expect(results.map(({ value }) => value)).toEqual([id]);
	});
});

describe('The list of channels', () => {
	it.each([
		['shows each channel of recent conversations once, with its type', '', [0, 1]],
		['finds a channel by name or type', ' whats ', [1]],
	])('%s', async (_, filter, shown) => {
		const { search, channels } = await openWithAgents();

		const { results } = await search('searchChannels', filter);

		expect(results).toEqual(shown.map((index) => channels[index]));
	});

	it('reads at most five pages', async () => {
		const { search, store, sandbox } = await openWithAgents();
		store.addConversations(510);

		await search('searchChannels');

		expect(sandbox.journal.entries).toHaveLength(5);
	});
});

const entry = (name: string, value = '') => ({ name, value });

describe('A dropdown', () => {
	it.each([
		['getChannels', 'channels', []],
		['getAnyChannel', 'channels', [entry('Any Channel')]],
		['getAgents', 'agents', [entry('Sahut Default')]],
		['getNewAssignees', 'agents', [entry('No Change'), entry('Unassigned', 'unassigned')]],
		[
			'getAssignees',
			'agents',
			[entry('Assigned or Unassigned'), entry('Unassigned', 'unassigned')],
		],
	] as const)('that %s fills shows the %s of recent conversations', async (...row) => {
		const [method, records, first] = row;
		const workspace = await openWithAgents();

		const entries = await workspace.load(method);

		expect(entries).toEqual([...first, ...workspace[records]]);
	});
});

it('Every dropdown has an entry for the default value of its field', async () => {
	const { load } = await openWithAgents();
	const { type } = (await loadPackage()).getNode('sahut');
	const { properties } = (type as INodeType).description;
	const fields = properties.flatMap((property) => [property, ...(property.options ?? [])]);
	const dropdowns = (fields as INodeProperties[]).filter(
		({ type, typeOptions }) => type === 'options' && typeOptions?.loadOptionsMethod,
	);

	expect(dropdowns).not.toEqual([]);
	for (const { default: value, typeOptions } of dropdowns) {
		const entries = await load(typeOptions!.loadOptionsMethod!);
		expect(entries.filter((entry) => entry.value === value)).toHaveLength(1);
	}
});

it('Every method of a list or dropdown exists and returns entries', async () => {
	const { load, search } = await openWithAgents();
	const { type } = (await loadPackage()).getNode('sahut');
	const methods = [
		...JSON.stringify(type.description).matchAll(/"(searchListMethod|loadOptionsMethod)":"(\w+)"/g),
	];

	expect(methods).not.toEqual([]);
	for (const [, kind, method] of methods) {
		const isList = kind === 'searchListMethod';
		const entries = isList ? (await search(method!)).results : await load(method!);
		expect(entries).not.toEqual([]);
	}
});
